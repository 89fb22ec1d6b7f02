/** ID tokens, access tokens (RFC 9068) and refresh tokens of the standard profile. */
import { epochSeconds } from '../../clock.ts'
import type { MockUser } from '../../model/user.ts'
import type { Runtime } from '../../runtime.ts'
import { rolesAndPermissions } from '../../tokens/claims.ts'
import { draftToken, signDraft, type TokenDraft } from '../../tokens/token-draft.ts'
import { leftHalfHash } from '../../tokens/token-hash.ts'
import { isPublic, type StandardClient } from '../client.ts'
import type { Actor, StandardAccess, StandardGrant } from '../records.ts'
import type { Target } from '../scopes.ts'
import { requestedClaims } from './identity-claims.ts'

/** Whom an access token speaks for: a user by a grant, or the client itself. */
export interface TokenSubject {
  readonly client: StandardClient
  readonly grant?: StandardGrant
  readonly user?: MockUser
  /** Thumbprint of the DPoP key that the token will be bound to. */
  readonly jkt?: string | undefined
  /** Value of `sub`. Default that of the grant, else the client id. */
  readonly subject?: string
  /** Who acts for the subject. */
  readonly act?: Actor
  /** The token that is exchanged (RFC 8693). */
  readonly exchangedFrom?: StandardAccess
}

/** A fresh access token and its life in seconds. */
export interface IssuedToken {
  readonly token: string
  readonly expiresIn: number
}

/** Signs an ID token. What the scopes release is in userinfo; here is what `claims.id_token` names (Core 5.4). */
export async function signIdToken(
  runtime: Runtime,
  subject: TokenSubject & { readonly grant: StandardGrant; readonly user: MockUser },
  options: { readonly accessToken: string; readonly refreshed: boolean },
): Promise<string> {
  const { keys, faults, clock, project, standard } = runtime
  const { client, grant, user } = subject
  const alg = client.id_token_signed_response_alg
  const iat = epochSeconds(clock)
  const draft = draftToken(
    keys,
    {
      ...grant.flowClaims,
      ...requestedClaims(user, grant.claims.id_token),
      iss: client.issuer,
      sub: grant.subject,
      aud: client.client_id,
      iat,
      exp: iat + project.lifetimes.accessTokenSeconds,
      auth_time: grant.authTime,
      ...(grant.acr !== undefined && { acr: grant.acr }),
      amr: grant.amr,
      sid: grant.sessionId,
      ...(!options.refreshed && grant.nonce !== undefined && { nonce: grant.nonce }),
      at_hash: await leftHalfHash(options.accessToken, alg),
    },
    alg,
  )
  const place = { endpoint: 'token', client: () => client.client_id }
  await faults.act('id-token', place, { runtime, draft, ...options })
  const token = await signDraft(keys, draft)
  standard.records.idTokens.set(token, grant)
  return token
}

/** An access token by RFC 9068 before it is signed, and its life in seconds. */
export function draftAccessToken(
  runtime: Runtime,
  subject: TokenSubject,
  { audience, scopes, details, resource }: Target,
): { readonly draft: TokenDraft; readonly expiresIn: number } {
  const { keys, clock, project, random } = runtime
  const { client, grant, user, jkt, act } = subject
  const { accessTokenSeconds, keyAccessTokenSeconds } = project.lifetimes
  const expiresIn = resource?.lifetimeSeconds ?? (user ? accessTokenSeconds : keyAccessTokenSeconds)
  const iat = epochSeconds(clock)
  const { roles, permissions } = user ? rolesAndPermissions(project, user.roles) : {}
  const draft = draftToken(keys, {
    ...grant?.flowClaims,
    iss: client.issuer,
    sub: subject.subject ?? grant?.subject ?? client.client_id,
    aud: audience,
    client_id: client.client_id,
    iat,
    exp: iat + expiresIn,
    jti: random.text(16),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(details.length > 0 && { authorization_details: details }),
    ...(grant && { auth_time: grant.authTime, acr: grant.acr, amr: grant.amr }),
    ...(jkt !== undefined && { cnf: { jkt } }),
    act,
    roles,
    entitlements: permissions,
  })
  draft.header.typ = 'at+jwt'
  return { draft, expiresIn }
}

/** Issues an access token for one audience, as a JWT or as a random text, and records it. */
export async function issueAccessToken(runtime: Runtime, subject: TokenSubject, target: Target): Promise<IssuedToken> {
  const { keys, faults, clock, random, standard } = runtime
  const { client, grant, jkt, act, exchangedFrom } = subject
  const { audience, scopes, details, resource } = target
  const { draft, expiresIn } = draftAccessToken(runtime, subject, target)
  // The record knows the token as it should be, whatever a fault does to it.
  const { sub, iat } = draft.claims
  if (resource?.format === 'opaque') draft.finish.push(() => random.text(32))
  await faults.act('access-token', { endpoint: 'token', client: () => client.client_id }, { runtime, draft })
  const token = await signDraft(keys, draft)
  standard.records.accessTokens.set(token, {
    clientId: client.client_id,
    ...(grant && { grant }),
    subject: String(sub),
    scopes,
    audience,
    details,
    ...(jkt !== undefined && { jkt }),
    ...(act && { act }),
    ...(exchangedFrom && { exchangedFrom }),
    issuedAt: Number(iat),
    expiresAt: clock.now() + expiresIn * 1000,
    revoked: false,
  })
  return { token, expiresIn }
}

/** Issues a refresh token, a random text, and records it; that of a public client is bound to its DPoP key. */
export function issueRefreshToken(
  { random, standard }: Runtime,
  { client, grant, jkt }: TokenSubject & { readonly grant: StandardGrant },
): string {
  const token = random.text(32)
  const binding = jkt !== undefined && isPublic(client) ? { jkt } : {}
  standard.records.refreshTokens.set(token, { grant, ...binding, replaced: false })
  return token
}
