/** Decides rules and finds out why one denies. What is allowed pays nothing for that. */
import { decideAccess, ownMember } from './decide.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessParameters, AccessRule } from './rule.ts'

/** Why one part of a rule did not hold. */
export interface AccessGap {
  /** The part: a single condition, or a `not`. */
  readonly rule: AccessRule
  /**
   * `not-granted`: the token tells that the caller does not have it. `claims-not-requested`: claims are not there, most likely
   * because the scope that releases them was not requested: those about roles, permissions and tenants, or the `missing`
   * claim whose `scope` was not granted. `claim-absent`: a claim is not there, for another reason. `parameter-missing`: a
   * parameter of the rule was not handed in. `undecided`: something is of a type that can not be compared, or the rule is of
   * an unknown type. `excluded`: the caller has what `not` forbids.
   *
   * `can` of the browser client gives `not-granted`, `excluded`, and `claims-not-requested` for whatever else the ID token
   * does not tell; {@link evaluateAccess} with its claims gives all.
   */
  readonly reason:
    | 'not-granted'
    | 'claims-not-requested'
    | 'claim-absent'
    | 'parameter-missing'
    | 'undecided'
    | 'excluded'
  /** Name of the claim or of the parameter that is not there. */
  readonly missing?: string
  /**
   * The scope that releases the missing claim and was not granted: of claims of OpenID Connect (Core 1.0 section 5.4), and
   * `descope.custom_claims` where the claims are those of an ID token of Descope.
   */
  readonly scope?: string
}

/** The verdict on a rule. */
export interface AccessDecision {
  /** Whether the rule holds. */
  readonly allowed: boolean
  /** What was missing; empty when allowed. */
  readonly gaps: readonly AccessGap[]
}

/** What a denial was decided with. */
interface Given {
  readonly grant: AccessGrant
  readonly parameters: AccessParameters | undefined
}

/**
 * Decides a rule for a grant, and says what was missing.
 *
 * @param rule - The rule.
 * @param grant - Result of {@link readGrant}.
 * @param parameters - What the parameters of the rule stand for now, such as those of a path. A rule whose parameter is not
 *   among them, or no text where a tenant is meant, denies, and so does its opposite. Only own members count. Default none.
 */
export function evaluateAccess(rule: AccessRule, grant: AccessGrant, parameters?: AccessParameters): AccessDecision {
  const decision = decideAccess(rule, grant, parameters)
  if (decision.allowed) return decision
  const given = { grant, parameters }
  return { allowed: false, gaps: decision.gaps.map((gap) => ({ rule: gap.rule, ...causeOf(gap, given) })) }
}

/** What is behind a gap, likeliest first. */
function causeOf(gap: AccessGap, given: Given): Omit<AccessGap, 'rule'> {
  const { rule, reason } = gap
  const { grant, parameters } = given
  if (rule.type === 'not') {
    // One of the parts of what is forbidden is not told, and has the cause.
    const part = decideAccess(rule.rule, grant, parameters).gaps.find(isUntold)
    return part ? causeOf(part, given) : { reason }
  }
  const references = Object.values(rule).flatMap(referencesIn)
  const parameter = references.find(({ param }) => param && ownMember(parameters, param) === undefined)?.param
  if (parameter) return { reason: 'parameter-missing', missing: parameter }
  if (isUntold(gap) && !grant.tellsRights && isAboutRights(rule)) return { reason }
  const path = rule.type === 'claim' ? [rule.claim].flat() : []
  const absent = [path, ...references.map(({ claim }) => (claim ? [claim] : []))].find((names) =>
    isAbsent(names, grant),
  )
  if (absent) return absentClaim(absent, grant)
  return { reason: isUntold(gap) ? 'undecided' : reason }
}

/** Whether the verdict was "the token does not tell"; `decideAccess` has one reason for it. */
function isUntold({ reason }: AccessGap): boolean {
  return reason === 'claims-not-requested'
}

function isAboutRights({ type }: AccessRule): boolean {
  return ['role', 'permission', 'tenant'].includes(type)
}

/** What values of a rule refer to, at any depth. */
function referencesIn(value: unknown): readonly { readonly param?: string; readonly claim?: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return 'param' in value || 'claim' in value ? [value as object] : Object.values(value).flatMap(referencesIn)
}

/** An empty path leads to the claims themselves, which are there. */
function isAbsent(path: readonly string[], { claims }: AccessGrant): boolean {
  return (path.reduce<unknown>(ownMember, claims) ?? undefined) === undefined
}

function absentClaim(path: readonly string[], grant: AccessGrant): Omit<AccessGap, 'rule'> {
  const root = path.slice(0, 1)
  if (!isAbsent(root, grant)) return { reason: 'claim-absent', missing: path.join('.') }
  const [missing = ''] = root
  const scope = scopeOfClaim(missing, grant)
  return scope === undefined || grant.scopes.has(scope)
    ? { reason: 'claim-absent', missing }
    : { reason: 'claims-not-requested', missing, scope }
}

/** The claims that come with each scope (OpenID Connect Core 1.0 section 5.4). */
const claimsOfScope = {
  email: 'email email_verified',
  phone: 'phone_number phone_number_verified',
  address: 'address',
  profile:
    'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale updated_at',
}

function scopeOfClaim(claim: string, { claims }: AccessGrant): string | undefined {
  const standard = Object.entries(claimsOfScope).find(([, released]) => released.split(' ').includes(claim))
  if (standard) return standard[0]
  // Only ID tokens of Descope have `rexp` and no scope. Its access tokens have custom claims whatever was requested.
  const hasScope = [claims, claims.nsec].some((holder) => ownMember(holder, 'scope') !== undefined)
  return Object.hasOwn(claims, 'rexp') && !hasScope ? 'descope.custom_claims' : undefined
}
