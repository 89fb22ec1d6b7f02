/** Who is told that a session has ended (OpenID Connect Back-Channel Logout 1.0, Front-Channel Logout 1.0). */
import type { Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { signLogoutToken } from '../tokens/logout-token.ts'
import type { StandardClient } from './client.ts'
import { clientsOf } from './clients-of-session.ts'
import { type FrontChannelCall, frontChannelCalls } from './front-channel-logout.ts'
import type { StandardGrant } from './records.ts'

/** A logout token on its way to a client. */
export interface LogoutDelivery {
  /** Client id. */
  readonly clientId: string
  /** `backchannel_logout_uri` of the client. */
  readonly uri: string
  /** Id of the session that ended, the claim `sid`. */
  readonly sessionId: string
  /** HTTP status of the client's answer; absent when there was none. */
  readonly status?: number
  /** Why it was not delivered; absent when the client answered. */
  readonly error?: string
}

/** Back-channel and front-channel logout as tests see them. */
export interface MockLogouts {
  /** What was sent and answered so far, oldest first. */
  readonly deliveries: readonly LogoutDelivery[]
  /** Waits until every logout token on its way was answered or given up, and gives all deliveries. */
  settled(): Promise<readonly LogoutDelivery[]>
  /**
   * Starts the front-channel logout of a session, or of all sessions of a user: gives the addresses that a signed-out
   * page would load now, with the faults that are armed. Ends no session, and works after its end as well.
   *
   * @param name - Session id, as in the claim `sid`, or id or login id of a user.
   * @throws {TypeError} When there is no such session and no such user.
   */
  frontChannel(name: string): readonly FrontChannelCall[]
}

/** Sends a logout token to every client of a session that wants one. Does not wait for the answers. */
export function announceLogout(runtime: Runtime, session: Session): void {
  const { underWay, records } = runtime.standard
  for (const [client, grant] of clientsOf(runtime, session.id)) {
    const { backchannel_logout_uri: uri, client_id: clientId } = client
    if (uri === undefined) continue
    const delivery = deliver(runtime, client, grant, uri).then((outcome) => {
      // After a reset or a return to a snapshot it belongs to a state that is no more.
      if (!underWay.delete(delivery)) return
      const { status, error } = outcome
      records.logouts.set(`${session.id} ${clientId}`, { clientId, uri, sessionId: session.id, ...outcome })
      runtime.audit.add('logout', `back-channel logout: ${status ?? error}`, { userId: session.userId, clientId })
    })
    underWay.add(delivery)
  }
}

async function deliver(
  runtime: Runtime,
  client: StandardClient,
  grant: StandardGrant,
  uri: string,
): Promise<Pick<LogoutDelivery, 'status' | 'error'>> {
  try {
    const { issuer, client_id: clientId, id_token_signed_response_alg: alg } = client
    const content = { issuer, clientId, alg, sub: grant.subject, sid: grant.sessionId }
    const body = new URLSearchParams({ logout_token: await signLogoutToken(runtime, content) })
    const { status } = await runtime.standard.network.send(new Request(uri, { method: 'POST', body }))
    return { status }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Builds the control that tests get. */
export function createLogoutControl(runtime: Runtime): MockLogouts {
  const { standard, records, users } = runtime
  const list = (): readonly LogoutDelivery[] => [...standard.records.logouts.values()]
  return {
    get deliveries() {
      return list()
    },
    async settled() {
      await Promise.all(standard.underWay)
      return list()
    },
    frontChannel(name) {
      const session = records.sessions.get(name)
      const user = session ? undefined : users.get(name)
      if (!session && !user) throw new TypeError(`logouts: ${JSON.stringify(name)} is neither a session nor a user`)
      const sessions = session ? [session] : [...records.sessions.values()].filter(({ userId }) => userId === user?.id)
      return sessions.flatMap((one) => frontChannelCalls(runtime, one))
    },
  }
}
