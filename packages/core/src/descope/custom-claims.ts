/** Names and limits of custom claims, for those who set them in flows and templates. */

/** Names that the service keeps for itself: a custom claim of such a name is dropped. */
export const reservedClaims: readonly string[] =
  'iss sub aud exp iat nbf jti nonce azp auth_time at_hash acr amr drn dct dsub dcl tenants roles permissions rexp su nsec scope act cnf'.split(
    ' ',
  )

/** How much custom claims may hold. */
export const claimLimits = {
  /** Characters of a name, at most. */
  nameLength: 60,
  /** Characters of a value as JSON, at most. */
  valueLength: 500,
  /** Claims, at most. */
  count: 100,
} as const

/** What is wrong with a custom claim. */
export interface CustomClaimProblem {
  /** Name of the claim; undefined for a problem of all of them. */
  readonly claim: string | undefined
  /** `reserved`: dropped without an error. The others make the flow fail. */
  readonly problem: 'reserved' | 'name-length' | 'value-length' | 'count'
}

/**
 * Finds what the service would drop or refuse, before a flow is published.
 *
 * @param claims - Custom claims with examples of their values.
 * @returns An empty list when nothing is wrong.
 */
export function checkCustomClaims(claims: Readonly<Record<string, unknown>>): readonly CustomClaimProblem[] {
  const problems: CustomClaimProblem[] = []
  const entries = Object.entries(claims)
  for (const [claim, value] of entries) {
    if (reservedClaims.includes(claim)) problems.push({ claim, problem: 'reserved' })
    if (claim.length < 1 || claim.length > claimLimits.nameLength) problems.push({ claim, problem: 'name-length' })
    if ((JSON.stringify(value) ?? '').length > claimLimits.valueLength)
      problems.push({ claim, problem: 'value-length' })
  }
  if (entries.length > claimLimits.count) problems.push({ claim: undefined, problem: 'count' })
  return problems
}

const standardClaims =
  'name given_name middle_name family_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at login_ids c_hash s_hash sid client_id scp'.split(
    ' ',
  )

/** The members of verified claims that neither a standard nor the service has defined. */
export function customClaimsOf(claims: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !reservedClaims.includes(name) && !standardClaims.includes(name)),
  )
}
