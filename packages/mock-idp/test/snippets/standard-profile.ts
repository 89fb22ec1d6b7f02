import { createMockIdp, standardDemo } from '@countersign/mock-idp'

export const idp = createMockIdp({
  profile: 'standard',
  clients: [
    {
      client_id: 'shop',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost:5173/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      first_party: true, // no consent page
    },
  ],
  resources: [{ identifier: 'https://orders.example', scopes: ['orders.read'] }],
  standard: { requirePar: true, dpopNonces: 'offered' },
})
export const fixtureSecret = standardDemo.web.clientSecret // without `clients` four clients are there
idp.clients.update('shop', { id_token_signed_response_alg: 'ES256', dpop_bound_access_tokens: true })
