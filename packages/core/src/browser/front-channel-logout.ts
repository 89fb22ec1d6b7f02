/** The page of an app that a provider loads in a hidden frame to end its session (OpenID Connect Front-Channel Logout 1.0). */
import { ProtocolError } from '../errors.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'
import { isSameSite } from './silent-frame.ts'

/** What a logout request of the provider has reached. */
export interface FrontChannelLogoutResult {
  /**
   * Whether it surely reached the tabs of the app. False where the provider is on another site: browsers give its frame a
   * storage and channels of its own there. Rely on back-channel logout at your APIs and on `limitSession` then.
   */
  readonly effective: boolean
}

/**
 * Takes a logout request of the provider: ends the session of this app in all tabs, without going anywhere. Call it in the
 * page that is registered as `frontchannel_logout_uri`, with `frontchannel_logout_session_required`; that page does not
 * start the client, needs no user interface, and has to let the provider frame it (`frame-ancestors`).
 *
 * The request must name the issuer and a session (`iss`, `sid`), else any site could end sessions by a frame. A session whose
 * ID token has another `sid` goes on; one whose ID token has none is ended. Send the page with `Cache-Control: no-store`,
 * and let nobody but the provider frame it.
 *
 * @param client - A client of `createBrowserClient`, with the options of the app.
 * @param url - The request. Default: the current page.
 * @throws {ProtocolError} `OIDC_LOGOUT_REQUEST_INVALID` when `iss` or `sid` is missing, repeated or not of this issuer.
 * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE` when the kept tokens can not be read.
 * @see OpenID Connect Front-Channel Logout 1.0 section 3
 */
export async function receiveFrontChannelLogout(
  client: BrowserClient,
  url: string = location.href,
): Promise<FrontChannelLogoutResult> {
  const { name, options, session } = partsOf(client)
  const { searchParams } = new URL(url)
  const [iss, ...otherIssuers] = searchParams.getAll('iss')
  const [sid, ...otherSessions] = searchParams.getAll('sid')
  if (iss !== options.issuer || !sid || otherIssuers.length > 0 || otherSessions.length > 0) {
    throw new ProtocolError(
      'OIDC_LOGOUT_REQUEST_INVALID',
      `A logout request needs one iss, ${options.issuer}, and one sid. Register frontchannel_logout_session_required at the provider.`,
      'logout',
    )
  }
  if (!session.exists()) await session.follow()
  if (session.exists() && (session.requireTokens().claims.sid ?? sid) === sid) {
    await session.keep()
    session.end('signed-out')
  }
  const channel = new BroadcastChannel(name)
  channel.postMessage(`signed-out ${sid}`)
  channel.close()
  // A frame without credentials has a storage of its own on every site.
  const { credentialless = false } = self as { credentialless?: boolean }
  return { effective: isSameSite(new URL(options.issuer), location) && !credentialless }
}
