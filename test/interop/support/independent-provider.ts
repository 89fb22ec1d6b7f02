/** An OpenID Provider that this project did not write, with its own development pages for login and consent. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import Provider, { type JWK } from 'oidc-provider'
import { vi } from 'vitest'

/** Where the tests' application is said to live; nothing listens there. */
export const application = 'http://localhost:5173'
export const redirectUri = `${application}/callback`
export const signedOutUri = `${application}/signed-out`

/** A user, whose `sub` is what is typed into the login page. */
export const account = { sub: 'mira', name: 'Mira Tal', email: 'mira@acme.example' }

/** The APIs that access tokens can be asked for, by the algorithm of their tokens. */
export const apis = { RS256: 'https://contacts.acme.example', ES256: 'https://billing.acme.example' } as const

/** An API whose access tokens are no JWTs. */
export const opaqueApi = 'https://files.acme.example'

/** Machine clients. Each character of the secret means something in a form, a URL or a Basic header. */
export const machines = {
  basic: { clientId: 'agent:basic 1', clientSecret: `a:b+c d%2F/?&=~'(*)!"\\|` },
  post: { clientId: 'agent-post', clientSecret: `a:b+c d%2F/?&=~'(*)!"\\|` },
} as const

/** Signature algorithms of ID tokens; the public client of each is called `app-` and the name. */
export const idTokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const

export interface IndependentProvider {
  readonly issuer: string
  close(): void
}

/** Starts the provider on a free port. */
export async function startIndependentProvider(): Promise<IndependentProvider> {
  muteNotices()
  // The issuer holds the port, so the port has to be there first.
  const server = createServer()
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  const issuer = `http://localhost:${address.port}`
  const listener = createProvider(issuer).callback()
  server.on('request', (request, response) => void listener(request, response))
  return {
    issuer,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function createProvider(issuer: string): Provider {
  return new Provider(issuer, {
    jwks: { keys: signingKeys() },
    cookies: { keys: ['a key for the cookies of a test'] },
    enabledJWA: {
      idTokenSigningAlgValues: [...idTokenAlgorithms],
      dPoPSigningAlgValues: [...idTokenAlgorithms, 'Ed25519'],
    },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clients: [
      ...idTokenAlgorithms.map((algorithm) => ({
        client_id: `app-${algorithm}`,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [signedOutUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none' as const,
        id_token_signed_response_alg: algorithm,
      })),
      ...(['basic', 'post'] as const).map((place) => ({
        client_id: machines[place].clientId,
        client_secret: machines[place].clientSecret,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: `client_secret_${place}` as const,
      })),
    ],
    features: {
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          audience: resource,
          scope: 'contacts.read contacts.write',
          accessTokenFormat: resource === opaqueApi ? 'opaque' : 'jwt',
          jwt: { sign: { alg: resource === apis.ES256 ? 'ES256' : 'RS256' } },
        }),
      },
    },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...account, sub }) }),
  })
}

function signingKeys(): JWK[] {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ed25519'),
  ]
  return pairs.map(({ privateKey }) => privateKey.export({ format: 'jwk' }) as JWK)
}

/** The provider says that its pages, its storage and its texts are for development, which is what they are used for. */
function muteNotices(): void {
  for (const level of ['info', 'warn'] as const) {
    const print = console[level]
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      if (!String(parts[0]).includes('oidc-provider ')) print(...parts)
    })
  }
}
