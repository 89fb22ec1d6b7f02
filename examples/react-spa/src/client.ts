import { type BrowserClient, createBrowserClient } from '@countersign/core/browser'
import { descopeBrowser } from '@countersign/core/descope'

const { VITE_PROJECT_ID, VITE_CLIENT_ID, VITE_IDP_URL } = import.meta.env

export const client: BrowserClient = createBrowserClient({
  ...descopeBrowser({
    projectId: VITE_PROJECT_ID,
    baseUrl: VITE_IDP_URL,
    kind: 'inbound',
    clientId: VITE_CLIENT_ID,
    authorizationClaims: true,
    // billing.read is left out on purpose: the API refuses to list invoices, and the page explains why.
    scopes: ['profile', 'email', 'contacts.read'],
  }),
  redirectUri: `${location.origin}/callback`,
})
