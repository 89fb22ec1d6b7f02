/** Addresses of clients that a browser loads when a session has ended (OpenID Connect Front-Channel Logout 1.0). */
import type { FrontChannelTarget } from '../faults/fault.ts'
import type { Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { clientsOf } from './clients-of-session.ts'

/** What a signed-out page loads in a frame. */
export interface FrontChannelCall {
  /** Client id. */
  readonly clientId: string
  /** `frontchannel_logout_uri` of the client, with `iss` and `sid` where it asked for them. */
  readonly uri: string
  /** True when the frame is loaded without cookies, which a fault alone does. */
  readonly withoutCookies: boolean
}

/** The calls for one session: one for each of its clients that wants one. */
export function frontChannelCalls(runtime: Runtime, session: Session): readonly FrontChannelCall[] {
  return clientsOf(runtime, session.id).flatMap(([client]) => {
    const { client_id: clientId, frontchannel_logout_uri: uri, frontchannel_logout_session_required: isNamed } = client
    if (uri === undefined) return []
    const target: FrontChannelTarget = {
      parameters: isNamed
        ? [
            ['iss', client.issuer],
            ['sid', session.id],
          ]
        : [],
      withoutCookies: false,
    }
    runtime.faults.actNow('front-channel-logout', { endpoint: 'front-channel-logout', client: () => clientId }, target)
    const { parameters, withoutCookies } = target
    const query = new URLSearchParams(parameters)
    const full = parameters.length === 0 ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${query}`
    return [{ clientId, uri: full, withoutCookies }]
  })
}
