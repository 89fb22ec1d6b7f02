/** Logout tokens to order (OpenID Connect Back-Channel Logout 1.0 section 2.4). */
import { findClient } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { subjectFor } from '../standard/subject.ts'
import type { SigningAlgorithm } from './keys.ts'
import { draftToken, signDraft } from './token-draft.ts'

/** What a made-to-order logout token says. */
export interface LogoutTokenRequest {
  /** Id or login id of the user who is logged out. Default nobody: then `sid` must be there. */
  readonly user?: string
  /** Client id. Default the default OIDC application, which the standard profile does not have. */
  readonly client?: string
  /** Session id, as in the claim `sid` of an ID token. Default none. */
  readonly sid?: string
  /** Claims that replace or add to the usual ones; `undefined` takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>
}

const lifeSeconds = 120

/** Name of the event that a logout token tells. */
export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/** Whom a logout token is for, and what it tells. */
export interface LogoutTokenContent {
  readonly issuer: string
  readonly clientId: string
  /** Algorithm of the signature. */
  readonly alg: SigningAlgorithm
  readonly sub: string | undefined
  readonly sid: string | undefined
  /** Claims that replace or add to the usual ones. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/**
 * Signs a logout token to order.
 *
 * @throws {TypeError} When user or client is unknown, or both `user` and `sid` are missing.
 */
export async function orderLogoutToken(runtime: Runtime, request: LogoutTokenRequest): Promise<string> {
  const { defaultApp, project } = runtime
  const { client = project.profile === 'standard' ? '' : defaultApp.clientId, user, sid, claims = {} } = request
  const { issuer, alg, subjectOf } = clientOf(runtime, client)
  if (user === undefined && sid === undefined) throw new TypeError('tokens: a logout token needs a user or a sid')
  const known = user === undefined ? undefined : runtime.users.get(user)
  if (user !== undefined && !known) throw new TypeError(`tokens: the user ${JSON.stringify(user)} is unknown`)
  const sub = known && (await subjectOf(known.id))
  return signLogoutToken(runtime, { issuer, clientId: client, alg, sub, sid, claims })
}

/** Signs a logout token with the current key, as the faults want it. */
export async function signLogoutToken(runtime: Runtime, content: LogoutTokenContent): Promise<string> {
  const { keys, clock, random, faults } = runtime
  const { issuer: iss, clientId: aud, alg, sub, sid } = content
  const iat = epochSeconds(clock)
  const usual = { iss, sub, aud, iat, exp: iat + lifeSeconds, jti: random.text(16), events: { [logoutEvent]: {} }, sid }
  const draft = draftToken(keys, { ...usual, ...content.claims }, alg)
  draft.header.typ = 'logout+jwt'
  await faults.act('logout-token', { endpoint: 'back-channel-logout', client: () => aud }, { runtime, draft })
  return signDraft(keys, draft)
}

function clientOf(runtime: Runtime, clientId: string) {
  const standard = runtime.standard.clients.get(clientId)
  if (standard) {
    const { issuer, id_token_signed_response_alg: alg } = standard
    return { issuer, alg, subjectOf: (userId: string) => subjectFor(standard, userId) }
  }
  const app = findClient(runtime, 'oidc', { clientId })
  if (!app) throw new TypeError(`tokens: the client ${JSON.stringify(clientId)} is unknown`)
  return { issuer: app.issuer, alg: 'RS256' as const, subjectOf: async (userId: string) => userId }
}
