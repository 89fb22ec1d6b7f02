import { type AppSession, type AppSessionOptions, startAppSession } from './app-session.ts'
import { whenStatus } from './serve-app.ts'

/** The client that the app is at its provider. */
export const clientId = 'spa'

type ClientUpdate = Parameters<AppSession['mock']['idp']['clients']['update']>[1]

/**
 * Starts an app at a provider of the standard profile, signed in at /orders.
 *
 * @param metadata - What else the provider knows of the client, for the origin of the app.
 */
export async function startStandardSession(
  options: Pick<AppSessionOptions, 'hostname' | 'headers' | 'browser'> = {},
  metadata: (origin: string) => ClientUpdate = () => ({}),
): Promise<AppSession> {
  const session = await startAppSession({
    ...options,
    client: { clientId, scope: 'openid profile', restore: 'none', returns: true },
    config: {
      profile: 'standard',
      clients: [
        {
          client_id: clientId,
          application_type: 'native',
          redirect_uris: ['http://localhost/callback'],
          first_party: true,
        },
      ],
    },
  })
  const { app, mock, page, fillIn } = session
  mock.idp.clients.update(clientId, {
    redirect_uris: [`${app.origin}/callback`],
    post_logout_redirect_uris: [`${app.origin}/goodbye`],
    ...metadata(app.origin),
  })
  await page.goto(`${app.origin}/orders`)
  await page.locator('#login').click()
  await fillIn()
  await whenStatus(page, 'authenticated')
  return session
}
