/** Reads what the Descope-like service says about a user: typed, and with the place where each custom claim stood. */
import type { AuthorizationClaims, IdTokenClaims, UserInfo } from '../claims.ts'
import { type ClaimsSchema, validateClaims } from '../claims-schema.ts'
import { ProtocolError } from '../errors.ts'
import { isListOfTexts } from '../options.ts'
import { parseScope } from '../tokens.ts'
import { customClaimsOf } from './custom-claims.ts'

/**
 * Where a claim stood: at the root of the verified ID token, at the root of the answer of userinfo, or in `nsec` of one of
 * them, where a client can put what it likes.
 */
export type ClaimSource = 'id-token' | 'userinfo' | 'nsec'

/** Options of {@link readDescopeClaims}. */
export interface ReadClaimsOptions {
  /** Answer of `client.fetchUserInfo()` for what the ID token leaves out. */
  readonly userInfo?: UserInfo
  /** Granted scopes of the session. Without them, what userinfo says about them, for display. */
  readonly scopes?: ReadonlySet<string> | readonly string[]
}

/** Membership of a tenant. */
export interface TenantMembership {
  /** Id of the tenant. */
  readonly id: string
  /** Roles in it. */
  readonly roles: readonly string[]
  /** Permissions in it. */
  readonly permissions: readonly string[]
}

/** Claims of the service, those of a wrong form left out. */
export interface DescopeServiceClaims {
  /** Methods of the authentication, such as `email`, `pwd`, `webauthn`, `mfa`. */
  readonly amr: readonly string[]
  /** Kind of the token: `DS` for a session token, `DSR` for a refresh token. */
  readonly drn: 'DS' | 'DSR' | undefined
  /** Id of the current tenant. */
  readonly dct: string | undefined
  /** User id, where a template replaced `sub`. */
  readonly dsub: string | undefined
  /** Client that the token was issued to. */
  readonly azp: string | undefined
  /** When the refresh token expires, to show it; never to decide by it. */
  readonly rexp: Date | undefined
  /** Whether a step-up was completed. */
  readonly su: boolean
  /** Who acts for the user. */
  readonly act: Readonly<Record<string, unknown>> | undefined
}

/** What the service says about a user. */
export interface DescopeClaims<Custom> {
  /**
   * Custom claims by name, typed by `claimsSchema`. The root of the ID token counts before userinfo, and that before `nsec`:
   * what only `nsec` has may come from a client, so show it, and decide by `trusted`.
   */
  readonly custom: Custom
  /** Where each custom claim stood. */
  readonly sources: Readonly<Record<string, ClaimSource>>
  /** Custom claims that the service itself vouches for: those outside `nsec`. */
  readonly trusted: Readonly<Record<string, unknown>>
  /** Claims of the service. */
  readonly service: DescopeServiceClaims
  /** Roles, permissions and tenants, for `readGrant`: of the ID token, else of userinfo. */
  readonly rights: AuthorizationClaims
  /** Where the rights stood; undefined when nobody told, most likely because `descope.claims` was not requested. */
  readonly rightsSource: 'id-token' | 'userinfo' | undefined
  /** Id of the current tenant. */
  readonly currentTenant: string | undefined
  /** The tenants of the user; only the current one when the token names no other. */
  readonly tenants: readonly TenantMembership[]
  /** Whether the e-mail address is verified; only `true` counts. */
  readonly emailVerified: boolean
  /** Whether the phone number is verified; only `true` counts. */
  readonly phoneVerified: boolean
  /** Granted scopes. */
  readonly scopes: readonly string[]
}

/**
 * Reads what the service says about a user.
 *
 * @param claims - Claims of the verified ID token: `claims` of the session.
 * @param options.claimsSchema - Schema of the custom claims, which gives `custom` its type. Without one they are unknown.
 * @throws {ProtocolError} `OIDC_CLAIMS_INVALID` when the custom claims do not fit `claimsSchema`;
 *   `OIDC_USERINFO_SUB_MISMATCH` when `userInfo` is about another user.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for something else than a schema.
 */
export function readDescopeClaims<Custom>(
  claims: IdTokenClaims,
  options: ReadClaimsOptions & { readonly claimsSchema: ClaimsSchema<Custom> },
): DescopeClaims<Custom>
/** The same without a schema: custom claims are unknown. */
export function readDescopeClaims(
  claims: IdTokenClaims,
  options?: ReadClaimsOptions & { readonly claimsSchema?: undefined },
): DescopeClaims<Readonly<Record<string, unknown>>>
export function readDescopeClaims(
  claims: IdTokenClaims,
  options: ReadClaimsOptions & { readonly claimsSchema?: ClaimsSchema<unknown> | undefined } = {},
): DescopeClaims<unknown> {
  const { userInfo, scopes, claimsSchema } = options
  if (userInfo && userInfo.sub !== claims.sub) {
    throw new ProtocolError('OIDC_USERINFO_SUB_MISMATCH', 'Userinfo is about another user.', 'userinfo')
  }
  const nsec = { ...record(userInfo?.nsec), ...record(claims.nsec) }
  const { scope: scopeText, ...said } = nsec
  const inNsec = customClaimsOf(said)
  const inUserInfo = customClaimsOf(userInfo ?? {})
  const inIdToken = customClaimsOf(claims)
  const trusted = { ...inUserInfo, ...inIdToken }
  const custom = { ...inNsec, ...trusted }
  const rightsSource = tellsRights(claims) ? 'id-token' : userInfo && tellsRights(userInfo) ? 'userinfo' : undefined
  const rights: AuthorizationClaims = rightsSource === 'userinfo' && userInfo ? userInfo : claims
  // The mark belongs to the address beside it.
  const [withEmail, withPhone] = (['email', 'phone_number'] as const).map((name) =>
    Object.hasOwn(claims, name) ? claims : userInfo,
  )
  const currentTenant = text(rights.dct)
  return {
    custom: claimsSchema ? validateClaims(custom, claimsSchema) : custom,
    sources: Object.fromEntries(
      Object.keys(custom).map((name) => [
        name,
        Object.hasOwn(inIdToken, name) ? 'id-token' : Object.hasOwn(inUserInfo, name) ? 'userinfo' : 'nsec',
      ]),
    ),
    trusted,
    service: readService(claims),
    rights: pickRights(rights),
    rightsSource,
    currentTenant,
    tenants: readTenants(rights, currentTenant),
    emailVerified: !!withEmail?.email && withEmail.email_verified === true,
    phoneVerified: !!withPhone?.phone_number && withPhone.phone_number_verified === true,
    scopes: [...(scopes ?? parseScope(text(scopeText) ?? ''))],
  }
}

function tellsRights(claims: object): boolean {
  return ['roles', 'permissions', 'tenants', 'dct'].some((name) => Object.hasOwn(claims, name))
}

function pickRights(claims: AuthorizationClaims): AuthorizationClaims {
  const names = ['roles', 'permissions', 'tenants', 'dct'] as const
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(claims, name) ? [[name, claims[name]]] : [])))
}

function readTenants(rights: AuthorizationClaims, currentTenant: string | undefined): readonly TenantMembership[] {
  const byId = Object.hasOwn(rights, 'tenants') ? record(rights.tenants) : currentTenant && { [currentTenant]: rights }
  return Object.entries(byId || {}).map(([id, held]) => {
    const { roles, permissions } = record(held)
    return { id, roles: list(roles), permissions: list(permissions) }
  })
}

function readService({ amr, drn, dct, dsub, azp, rexp, su, act }: IdTokenClaims): DescopeServiceClaims {
  const end = new Date(text(rexp) ?? Number.NaN)
  return {
    amr: list(amr),
    drn: drn === 'DS' || drn === 'DSR' ? drn : undefined,
    dct: text(dct),
    dsub: text(dsub),
    azp: text(azp),
    rexp: Number.isNaN(end.getTime()) ? undefined : end,
    su: su === true,
    act: typeof act === 'object' ? record(act) : undefined,
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined
}

function list(value: unknown): readonly string[] {
  return isListOfTexts(value) ? value : []
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}
