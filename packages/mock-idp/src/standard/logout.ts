/** Who is told that a session has ended (OpenID Connect Back-Channel Logout 1.0, Front-Channel Logout 1.0). */
import { epochSeconds } from '../clock.ts'
import type { Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { draftToken, signDraft } from '../tokens/token-draft.ts'
import type { StandardClient } from './client.ts'
import { knownClient } from './find-client.ts'
import type { StandardGrant } from './records.ts'

const lifeSeconds = 120

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

/** Back-channel logout as tests see it. */
export interface MockLogouts {
  /** What was sent and answered so far, oldest first. */
  readonly deliveries: readonly LogoutDelivery[]
  /** Waits until every logout token on its way was answered or given up, and gives all deliveries. */
  settled(): Promise<readonly LogoutDelivery[]>
}

/** Sends a logout token to every client of a session that wants one. Does not wait for the answers. */
export function announceLogout(runtime: Runtime, session: Session): void {
  const { underWay, records } = runtime.standard
  for (const [client, grant] of clientsOf(runtime, session)) {
    const { backchannel_logout_uri: uri, client_id: clientId } = client
    if (uri === undefined) continue
    const delivery = deliver(runtime, client, grant, uri).then((outcome) => {
      const { status, error } = outcome
      records.logouts.set(`${session.id} ${clientId}`, { clientId, uri, sessionId: session.id, ...outcome })
      runtime.audit.add('logout', `back-channel logout: ${status ?? error}`, { userId: session.userId, clientId })
      underWay.delete(delivery)
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
    const body = new URLSearchParams({ logout_token: await signLogoutToken(runtime, client, grant) })
    const { status } = await runtime.standard.network.send(new Request(uri, { method: 'POST', body }))
    return { status }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function signLogoutToken(runtime: Runtime, client: StandardClient, grant: StandardGrant): Promise<string> {
  const { keys, clock, random } = runtime
  const iat = epochSeconds(clock)
  const draft = draftToken(
    keys,
    {
      iss: client.issuer,
      aud: client.client_id,
      sub: grant.subject,
      sid: grant.sessionId,
      iat,
      exp: iat + lifeSeconds,
      jti: random.text(16),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
    client.id_token_signed_response_alg,
  )
  draft.header.typ = 'logout+jwt'
  return signDraft(keys, draft)
}

/** Addresses that the signed-out page loads in frames. */
export function frontChannelFrames(runtime: Runtime, session: Session | undefined): readonly string[] {
  if (!session) return []
  return clientsOf(runtime, session).flatMap(([client]) => {
    const { frontchannel_logout_uri: uri, frontchannel_logout_session_required: isNamed } = client
    if (uri === undefined) return []
    const query = new URLSearchParams({ iss: client.issuer, sid: session.id })
    return [isNamed ? `${uri}${uri.includes('?') ? '&' : '?'}${query}` : uri]
  })
}

/** Clients that got an ID token by a session, each with its latest grant. */
function clientsOf(runtime: Runtime, session: Session): readonly (readonly [StandardClient, StandardGrant])[] {
  const grants = [...runtime.standard.records.idTokens.values()].filter(({ sessionId }) => sessionId === session.id)
  const latest = new Map(grants.map((grant) => [grant.clientId, grant]))
  return [...latest].flatMap(([clientId, grant]) => {
    const client = knownClient(runtime, clientId)
    return client ? [[client, grant] as const] : []
  })
}

/** Builds the control that tests get. */
export function createLogoutControl({ standard }: Runtime): MockLogouts {
  const list = (): readonly LogoutDelivery[] => [...standard.records.logouts.values()]
  return {
    get deliveries() {
      return list()
    },
    async settled() {
      await Promise.all(standard.underWay)
      return list()
    },
  }
}
