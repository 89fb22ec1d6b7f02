// @ts-check
import { startMockIdp } from '@countersign/mock-idp/node'
import { report } from './report.mjs'

const { idp, url } = await startMockIdp({
  profile: 'standard',
  clients: [
    {
      client_id: 'app',
      redirect_uris: ['http://localhost:5173/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      first_party: true,
    },
    { client_id: 'agent', client_secret: 'agent-secret', grant_types: ['client_credentials'] },
  ],
  resources: [{ identifier: 'https://contacts.acme.example', scopes: ['contacts.read', 'contacts.write'] }],
})
report(url, (seconds) => idp.clock.advance(seconds))
