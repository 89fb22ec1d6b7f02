/**
 * Tokens that speak for a machine (IDP-SPEC 3.7): an access key, or an inbound application by its own secret.
 */
import { ownLifetime } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import type { AccessKey } from '../model/access-key.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import type { OidcApp } from '../model/oidc-app.ts'
import type { AccessRecord } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { audienceOf, writeAudience } from './audience.ts'
import {
  accessTokenIssuer,
  authorizationClaims,
  keyClaims,
  placeCustomClaims,
  rolesAndPermissions,
  subjectClaims,
} from './claims.ts'
import { draftToken, signDraft } from './token-draft.ts'

/** A signed machine token and its life in seconds. */
export interface MachineToken {
  readonly token: string
  readonly expiresIn: number
  /** Further members of the answer, with the switch `m2mExtraTokens`. */
  readonly extra: Readonly<Record<string, string>>
}

/** Signs the access token of an access key: `sub` is the key id, roles are the key's. */
export function signKeyToken(
  runtime: Runtime,
  app: OidcApp,
  key: AccessKey,
  scopes: readonly string[],
): Promise<MachineToken> {
  const { project } = runtime
  return signMachineToken(runtime, { app, subject: key.id, scopes }, project.lifetimes.keyAccessTokenSeconds, {
    ...placeCustomClaims(project, keyClaims(project, key)),
    ...authorizationClaims(project, app, scopes, key, undefined, project.templates.accessKey),
    ...subjectClaims(project.templates.accessKey, key),
    iss: accessTokenIssuer(project, app, project.templates.accessKey),
    aud: project.id,
  })
}

/** Signs the access token of an inbound application: `sub` and `azp` are the client id, `scope` is what it may do. */
export function signClientToken(
  runtime: Runtime,
  app: InboundApp,
  scopes: readonly string[],
  options: { readonly tenant?: string; readonly resources: readonly string[] },
): Promise<MachineToken> {
  const { project } = runtime
  const seconds = ownLifetime(app, 'keySessionTokenExpiration') ?? project.lifetimes.keyAccessTokenSeconds
  const granted = app.permissionsScopes.filter((scope) => scopes.includes(scope.name))
  const roles = [...new Set(granted.flatMap((scope) => scope.values ?? []))]
  const { tenant } = options
  return signMachineToken(runtime, { app, subject: app.clientId, scopes }, seconds, {
    aud: writeAudience(project, audienceOf(project, app, options.resources)),
    azp: app.clientId,
    scope: scopes.join(' '),
    ...(tenant !== undefined && { dct: tenant, tenants: { [tenant]: rolesAndPermissions(project, roles) } }),
  })
}

async function signMachineToken(
  runtime: Runtime,
  record: Pick<AccessRecord, 'app' | 'subject' | 'scopes'>,
  expiresIn: number,
  claims: Record<string, unknown>,
): Promise<MachineToken> {
  const { keys, clock, records, faults, project, random } = runtime
  const iat = epochSeconds(clock)
  const draft = draftToken(keys, {
    iss: record.app.issuer,
    sub: record.subject,
    ...claims,
    iat,
    exp: iat + expiresIn,
    drn: 'DS',
    ...(project.compat.addJti && { jti: random.text(16) }),
  })
  const subject = String(draft.claims.sub)
  await faults.act('access-token', { endpoint: 'token', client: () => record.app.clientId }, { runtime, draft })
  const token = await signDraft(keys, draft)
  records.accessTokens.set(token, { ...record, subject, expiresAt: clock.now() + expiresIn * 1000, revoked: false })
  return { token, expiresIn, extra: project.compat.m2mExtraTokens ? await extraTokens(runtime, draft.claims) : {} }
}

/** Tokens that a machine has no use for (IDP-SPEC 2.6): the refresh token is unknown to the token endpoint. */
async function extraTokens(
  { keys }: Runtime,
  { iss, sub, aud, iat, exp, drn }: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, string>>> {
  return {
    refresh_token: await signDraft(keys, draftToken(keys, { iss, sub, iat, exp, drn: 'DSR' })),
    id_token: await signDraft(keys, draftToken(keys, { iss, sub, aud, iat, exp, drn })),
  }
}
