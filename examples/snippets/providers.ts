// #region imports
import { combineVerifiers, createAccessTokenVerifier } from '@countersign/core/api'
import { createBrowserClient } from '@countersign/core/browser'
import {
  auth0Api,
  auth0Browser,
  entraApi,
  entraBrowser,
  googleApi,
  keycloakApi,
  keycloakBrowser,
  oktaApi,
  oktaBrowser,
} from '@countersign/core/providers'
import { createAccessGuard } from '@countersign/express'

const redirectUri = 'https://app.example.com/callback'
// #endregion

// #region entra
const tenantId = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
const entraGuard = createAccessGuard(entraApi({ tenantId, audience: '6e74172b-be56-4843-9ff4-e66a39bb12e3' }))

const entraClient = createBrowserClient({
  ...entraBrowser({
    tenantId,
    clientId: '75dbe77f-10a3-4e59-85fd-8c127544f17c',
    scopes: ['api://6e74172b-be56-4843-9ff4-e66a39bb12e3/orders.read'],
    offlineAccess: true,
  }),
  redirectUri,
})
// #endregion

// #region entra-tenants
const customers = ['8eaef023-2b34-4da1-9baa-8bc8c9d6a490', '82229342-1101-4ab6-817b-70c0747630f3']
const entraCustomers = combineVerifiers(
  customers.map((id) =>
    createAccessTokenVerifier(entraApi({ tenantId: id, audience: '6e74172b-be56-4843-9ff4-e66a39bb12e3' })),
  ),
)
// #endregion

// #region auth0
const auth0Guard = createAccessGuard(
  auth0Api({
    domain: 'acme.eu.auth0.com',
    audience: 'https://orders.example.com',
    roleClaim: 'https://example.com/roles',
  }),
)

const auth0Client = createBrowserClient({
  ...auth0Browser({
    domain: 'acme.eu.auth0.com',
    clientId: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja',
    audience: 'https://orders.example.com',
    scopes: ['orders.read'],
    offlineAccess: true,
  }),
  redirectUri,
})
// #endregion

// #region okta
const oktaGuard = createAccessGuard(oktaApi({ domain: 'acme.okta.com', audience: 'api://default' }))

const oktaClient = createBrowserClient({
  ...oktaBrowser({ domain: 'acme.okta.com', clientId: '0oa1b2c3d4E5f6G7h8i9', scopes: ['orders.read'] }),
  redirectUri,
})
// #endregion

// #region keycloak
const keycloakRealm = { baseUrl: 'https://id.example.com', realm: 'acme' }
const keycloakGuard = createAccessGuard(keycloakApi({ ...keycloakRealm, audience: 'orders' }))

const keycloakClient = createBrowserClient({
  ...keycloakBrowser({ ...keycloakRealm, clientId: 'orders-web', scopes: ['orders.read'] }),
  redirectUri,
})
// #endregion

// #region google
const googleGuard = createAccessGuard(
  googleApi({
    audience: 'https://orders.example.com',
    serviceAccounts: ['jobs@acme-prod.iam.gserviceaccount.com'],
  }),
)
// #endregion

// #region by-hand
const verifier = createAccessTokenVerifier({
  issuer: 'https://id.example.com',
  audience: 'https://orders.example.com',
  rightsOf: ({ groups }) => ({ roles: Array.isArray(groups) ? groups.filter((name) => typeof name === 'string') : [] }),
})
// #endregion

export const guards = { entraGuard, entraCustomers, auth0Guard, oktaGuard, keycloakGuard, googleGuard, verifier }
export const clients = { entraClient, auth0Client, oktaClient, keycloakClient }
