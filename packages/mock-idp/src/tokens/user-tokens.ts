/**
 * Tokens that speak for a user (IDP-SPEC 3.3, 3.7, 3.8): ID token, access token, refresh token, session cookie.
 */
import { ownLifetime } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import type { MockUser } from '../model/user.ts'
import type { Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { hasStepUp } from '../sessions.ts'
import { audienceOf, writeAudience } from './audience.ts'
import {
  accessTokenIssuer,
  attributeClaims,
  authorizationClaims,
  type Claims,
  customClaims,
  loginClaims,
  placeCustomClaims,
  profileClaims,
  subjectClaims,
} from './claims.ts'
import { draftToken, signDraft } from './token-draft.ts'
import { leftHalfHash } from './token-hash.ts'

/** What a token answer is made for: a grant, its user, and the scopes of this answer. */
export interface TokenSubject {
  readonly grant: Grant
  readonly user: MockUser
  readonly scopes: readonly string[]
}

/** Seconds that an application's user tokens live. */
export function userTokenSeconds(runtime: Runtime, grant: Grant): number {
  return ownLifetime(grant.app, 'sessionTokenExpiration') ?? runtime.project.lifetimes.accessTokenSeconds
}

/**
 * Signs an ID token. `nonce` is absent after a refresh (IDP-SPEC 2.6).
 *
 * @param options.accessToken - The token beside it. Waited for only where something depends on its text.
 */
export async function signIdToken(
  runtime: Runtime,
  subject: TokenSubject,
  options: { readonly nonce?: string; readonly accessToken: string | Promise<string>; readonly refreshed: boolean },
): Promise<string> {
  const { project, keys, faults } = runtime
  const { grant, user, scopes } = subject
  const { app, tenant } = grant
  const audience = audienceOf(project, app, grant.resources)
  const attributes = attributeClaims(project, app, scopes, user, tenant)
  const { compat } = project
  const showCustom = scopes.includes('descope.custom_claims')
  const draft = draftToken(keys, {
    ...(!compat.leanIdToken && { ...profileClaims(app, scopes, user), ...attributes.standard }),
    ...placeCustomClaims(
      project,
      { ...attributes.custom, ...(showCustom && loginClaims(project, user, grant)) },
      showCustom ? grant.flowClaims?.client : {},
    ),
    ...(scopes.includes('descope.claims') && authorizationClaims(project, app, scopes, user, tenant)),
    ...commonClaims(runtime, subject),
    aud: writeAudience(project, audience),
    ...((audience.length > 1 || app.kind === 'inbound') && { azp: app.clientId }),
    ...(options.nonce !== undefined && { nonce: options.nonce }),
    ...(compat.emitAuthTime && { auth_time: grant.authTime }),
    ...(compat.emitAtHash && { at_hash: await leftHalfHash(await options.accessToken, 'RS256') }),
  })
  if (!faults.idle) {
    const place = { endpoint: 'token', client: () => app.clientId }
    const { refreshed, accessToken } = options
    await faults.act('id-token', place, { runtime, draft, refreshed, accessToken: await accessToken })
  }
  const token = await signDraft(keys, draft)
  runtime.records.idTokens.set(token, grant)
  return token
}

/** Signs an access token and records it for userinfo. */
export async function signAccessToken(runtime: Runtime, subject: TokenSubject): Promise<string> {
  const { project, keys, faults, records, clock } = runtime
  const { grant, user, scopes } = subject
  const { app, tenant } = grant
  const scope = scopes.join(' ')
  const attributes = attributeClaims(project, app, project.compat.attributeClaimsInAccess ? scopes : [], user, tenant)
  const showAuthorization =
    app.kind === 'inbound' || project.compat.authClaimsAlwaysInAccess || scopes.includes('descope.claims')
  const draft = draftToken(keys, {
    ...attributes.standard,
    ...placeCustomClaims(
      project,
      { ...attributes.custom, ...loginClaims(project, user, grant) },
      { ...grant.flowClaims?.client, ...(app.kind === 'oidc' && { scope }) },
    ),
    ...(showAuthorization && authorizationClaims(project, app, scopes, user, tenant)),
    ...commonClaims(runtime, subject),
    iss: accessTokenIssuer(project, app, project.templates.user),
    ...(!project.compat.omitAudOnSession && { aud: accessAudience(runtime, grant) }),
    ...(app.kind === 'inbound' && { azp: app.clientId, scope }),
  })
  await faults.act('access-token', { endpoint: 'token', client: () => app.clientId }, { runtime, draft })
  const token = await signDraft(keys, draft)
  records.accessTokens.set(token, {
    app,
    grant,
    subject: user.id,
    scopes,
    expiresAt: clock.now() + userTokenSeconds(runtime, grant) * 1000,
    revoked: false,
  })
  return token
}

/** Access tokens of OIDC applications are for the project; those of inbound ones for project and client (3.7). */
function accessAudience(runtime: Runtime, grant: Grant): readonly string[] | string {
  const { project } = runtime
  const audience =
    grant.app.kind === 'inbound'
      ? audienceOf(project, grant.app, grant.resources)
      : [...new Set([project.id, ...grant.resources])]
  return writeAudience(project, audience)
}

/** Signs a refresh token and records it. */
export async function signRefreshToken(runtime: Runtime, subject: TokenSubject): Promise<string> {
  const { grant, user } = subject
  const token = await signLongLived(runtime, user, loginClaims(runtime.project, user, grant), {
    iss: grant.app.kind === 'inbound' ? grant.app.issuer : runtime.project.id,
    amr: grant.amr,
    exp: grant.refreshExpiresAt,
    ...(grant.app.kind === 'inbound' && { azp: grant.app.clientId, scope: grant.scopes.join(' ') }),
    // Refresh tokens are found by their text, so two of one second must differ.
    jti: runtime.random.text(16),
  })
  runtime.records.refreshTokens.set(token, { grant, replaced: false })
  return token
}

/** Signs the value of the session cookie `DSR`, a refresh token under the legacy issuer (IDP-SPEC 2.5). */
export function signSessionCookie(
  runtime: Runtime,
  user: MockUser,
  session: { readonly amr: readonly string[]; readonly exp: number; readonly jti: string },
): Promise<string> {
  const { project } = runtime
  return signLongLived(runtime, user, customClaims(project, user), { iss: project.id, ...session })
}

function signLongLived(
  runtime: Runtime,
  user: MockUser,
  custom: Claims,
  claims: Record<string, unknown>,
): Promise<string> {
  const { keys, project, clock } = runtime
  const draft = draftToken(keys, {
    ...custom,
    ...(Object.keys(custom).length > 0 && { dcl: Object.keys(custom) }),
    drn: 'DSR',
    ...subjectClaims(project.templates.user, user),
    iat: epochSeconds(clock),
    ...claims,
  })
  return signDraft(keys, draft)
}

function commonClaims(runtime: Runtime, { grant, user }: TokenSubject): Record<string, unknown> {
  const iat = epochSeconds(runtime.clock)
  return {
    iss: grant.app.issuer,
    ...subjectClaims(runtime.project.templates.user, user),
    iat,
    exp: iat + userTokenSeconds(runtime, grant),
    amr: grant.amr,
    drn: 'DS',
    ...(hasStepUp(runtime, runtime.records.sessions.get(grant.sessionId)) && { su: true }),
    rexp: new Date(grant.refreshExpiresAt * 1000).toISOString().replace('.000Z', 'Z'),
    ...(runtime.project.compat.addJti && { jti: runtime.random.text(16) }),
  }
}
