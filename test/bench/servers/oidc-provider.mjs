// @ts-check
import { once } from 'node:events'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import { report } from './report.mjs'

// It says on start that keys, storage and pages are for development, which is what they are used for here.
console.info = () => {}
console.warn = () => {}

// The issuer holds the port, so the port has to be there first.
const server = createServer()
server.listen(0, 'localhost')
await once(server, 'listening')
const address = server.address()
if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
const issuer = `http://localhost:${address.port}`
const api = 'https://contacts.acme.example'

const provider = new Provider(issuer, {
  cookies: { keys: ['a key for the cookies of a benchmark'] },
  clients: [
    {
      client_id: 'app',
      redirect_uris: ['http://localhost:5173/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    },
    {
      client_id: 'agent',
      client_secret: 'agent-secret',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        audience: api,
        scope: 'contacts.read contacts.write',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  issueRefreshToken: async () => true,
  // No consent page: the others show none for an application of one's own either.
  async loadExistingGrant(context) {
    const { client, session, params } = context.oidc
    const known = client && session?.grantIdFor(client.clientId)
    if (known) return context.oidc.provider.Grant.find(known)
    const grant = new context.oidc.provider.Grant({
      clientId: client?.clientId ?? '',
      accountId: session?.accountId ?? '',
    })
    grant.addOIDCScope(String(params?.scope ?? 'openid'))
    grant.addResourceScope(api, 'contacts.read contacts.write')
    await grant.save()
    return grant
  },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
})
const listener = provider.callback()
server.on('request', (request, response) => void listener(request, response))
report(issuer)
