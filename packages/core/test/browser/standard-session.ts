import type { MockIdpConfig } from '@countersign/mock-idp'
import type { BrowserClientOptions } from '../../src/browser/index.ts'
import { type BrowserSession, createBrowserSession } from './browser-session.ts'

const clientId = 'spa'

/** A browser client of a mock in the standard profile, with two APIs and a public client that may refresh. */
export function createStandardSession(
  options: Partial<BrowserClientOptions> = {},
  config: MockIdpConfig = {},
): Promise<BrowserSession> {
  return createBrowserSession(
    { clientId, scope: 'openid profile offline_access contacts.read files.read', ...options },
    {
      profile: 'standard',
      clients: [
        {
          client_id: clientId,
          application_type: 'native',
          redirect_uris: [`${location.origin}/packages/core/test/browser/callback.html`],
          grant_types: ['authorization_code', 'refresh_token'],
          first_party: true,
        },
      ],
      ...config,
    },
  )
}
