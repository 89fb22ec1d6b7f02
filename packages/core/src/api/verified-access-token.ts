import { type AccessDecision, evaluateAccess } from '../access/evaluate.ts'
import { explainDecision } from '../access/explain.ts'
import { type AccessGrant, readGrant } from '../access/grant.ts'
import type { AccessParameters, AccessRule } from '../access/rule.ts'
import { requiredScopes } from '../access/scopes.ts'
import type { AccessTokenClaims } from '../claims.ts'
import { InsufficientScopeError } from '../errors.ts'
import { type Principal, readPrincipal } from './principal.ts'
import { type AuthenticationDemand, demandAuthentication, type StepUpTime } from './step-up.ts'
import type { AccessTokenVerifierOptions } from './verifier-options.ts'

/** A verified access token: everything in it can be relied on, and nothing of it can be changed. */
export interface VerifiedAccessToken<Claims = AccessTokenClaims> {
  /** The claims, deeply frozen. */
  readonly claims: Claims
  /** Issuer; together with the subject it names the caller for good. */
  readonly issuer: string
  /** Subject: a user, a client or an access key. */
  readonly subject: string
  /** Whether a person, a client or an access key calls. */
  readonly principal: Principal
  /** Granted scopes, roles, permissions and tenants. */
  readonly grant: AccessGrant
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /**
   * Decides an access rule and says what is missing.
   *
   * @param rule - The rule.
   * @param parameters - What the parameters of the rule stand for, such as those of a path. Default none.
   */
  can(rule: AccessRule, parameters?: AccessParameters): AccessDecision
  /**
   * Demands an access rule.
   *
   * @param rule - The rule.
   * @param parameters - What the parameters of the rule stand for, such as those of a path. Default none.
   * @throws {InsufficientScopeError} `OIDC_INSUFFICIENT_SCOPE` when more scopes would help, else `OIDC_ACCESS_DENIED`.
   */
  require(rule: AccessRule, parameters?: AccessParameters): void
  /**
   * Demands a login of some class or age (RFC 9470), by the time of this call.
   *
   * @param scopes - Scopes that the request needs besides, so that one login is enough. Default none.
   * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED`, also when the token does not tell.
   * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
   */
  requireAuthentication(demand: AuthenticationDemand, scopes?: readonly string[]): void
}

/** How the claims of a provider become a grant. */
type GrantOptions = Pick<
  AccessTokenVerifierOptions,
  'rightsOf' | 'principalOf' | 'trustScopeFrom' | 'rightsFollowScopes'
>

/**
 * Describes a token for the app. One description may serve many requests, so it is frozen to its depth.
 *
 * @param claims - Claims of a verified token, frozen to their depth.
 * @param options - Where this provider has roles, permissions and tenants, and how it tells who calls; undefined for the
 *   ways of the Descope-like service.
 * @param currentTime - The time to judge the age of a login by.
 */
export function describeToken(
  claims: AccessTokenClaims,
  options: GrantOptions,
  currentTime: () => StepUpTime,
): VerifiedAccessToken {
  return new DescribedToken(claims, options, currentTime)
}

class DescribedToken implements VerifiedAccessToken {
  declare readonly claims: AccessTokenClaims
  declare readonly issuer: string
  declare readonly subject: string
  declare readonly expiresAt: number
  declare readonly principal: Principal
  declare readonly grant: AccessGrant
  declare readonly can: VerifiedAccessToken['can']
  declare readonly require: VerifiedAccessToken['require']
  declare readonly requireAuthentication: VerifiedAccessToken['requireAuthentication']
  readonly #options: GrantOptions
  #grant: AccessGrant | undefined
  #principal: Principal | undefined

  /**
   * Members that are made when they are asked for: what only reads claims need not pay for them. Each object has them itself,
   * so that a copy has them too, and all have the same functions, since the engine gives objects with functions of their own
   * no shape in common.
   */
  static readonly #lazyPrincipal: PropertyDescriptor & ThisType<DescribedToken> = {
    enumerable: true,
    get() {
      this.#principal ??= deepFreeze((this.#options.principalOf ?? readPrincipal)(this.claims))
      return this.#principal
    },
  }
  static readonly #lazyGrant: PropertyDescriptor & ThisType<DescribedToken> = {
    enumerable: true,
    get() {
      this.#grant ??= readFrozenGrant(this.claims, this.#options)
      return this.#grant
    },
  }

  constructor(claims: AccessTokenClaims, options: GrantOptions, currentTime: () => StepUpTime) {
    this.claims = claims
    this.issuer = claims.iss
    this.subject = claims.sub
    this.expiresAt = claims.exp
    this.#options = options
    // Functions of their own, so that they work apart from their object.
    this.can = (rule, parameters) => evaluateAccess(rule, this.grant, parameters)
    this.require = (rule, parameters) => requireAccess(rule, this.grant, parameters)
    this.requireAuthentication = (demand, scopes = []) => demandAuthentication(claims, demand, scopes, currentTime())
    Object.defineProperty(this, 'principal', DescribedToken.#lazyPrincipal)
    Object.defineProperty(this, 'grant', DescribedToken.#lazyGrant)
    Object.freeze(this)
  }
}

function requireAccess(rule: AccessRule, grant: AccessGrant, parameters: AccessParameters | undefined): void {
  const decision = evaluateAccess(rule, grant, parameters)
  if (decision.allowed) return
  const scopes = requiredScopes(rule, grant, parameters)
  throw new InsufficientScopeError(explainDecision(decision), scopes, [...grant.scopes])
}

function readFrozenGrant(
  claims: AccessTokenClaims,
  { rightsOf, trustScopeFrom, rightsFollowScopes = false }: GrantOptions,
): AccessGrant {
  const { roles: _roles, permissions: _permissions, tenants: _tenants, dct: _dct, ...others } = claims
  const given = rightsOf ? deepFreeze({ ...others, ...rightsOf(claims) }) : claims
  const hasScopes = !trustScopeFrom || trustScopeFrom.includes(claims.iss)
  const grant = readGrant(given, hasScopes ? undefined : [])
  return Object.freeze<AccessGrant>({
    ...grant,
    scopes: shareScopes(grant.scopes),
    rightsFollowScopes: rightsFollowScopes && hasScopes,
  })
}

/** Sets that tokens have in common: an API sees few different ones, and a set that all use is at hand. */
const sharedScopes = new Map<string, ReadonlySet<string>>()
const maxSharedScopes = 256

function shareScopes(scopes: ReadonlySet<string>): ReadonlySet<string> {
  const text = JSON.stringify([...scopes])
  const shared = sharedScopes.get(text)
  if (shared) return shared
  if (sharedScopes.size >= maxSharedScopes) sharedScopes.clear()
  // Freezing a Set does not keep anyone from adding to it.
  Object.defineProperties(scopes, { add: refusal, delete: refusal, clear: refusal })
  sharedScopes.set(text, scopes)
  return scopes
}

const refusal: PropertyDescriptor = {
  value() {
    throw new TypeError('The scopes of a verified token can not be changed.')
  },
}

/** Freezes a value to its depth. */
export function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) if (typeof member === 'object' && member) deepFreeze(member)
  return Object.freeze(value)
}
