/** What a login has to fulfil, and whether it does (RFC 9470 section 4, OpenID Connect Core 1.0 section 3.1.3.7). */
import type { Clock } from '../clock.ts'
import { type ErrorPhase, StepUpRequiredError } from '../errors.ts'
import type { SessionTokens } from '../session/session.ts'
import { parseScope } from '../tokens.ts'

/** What an API asks for before it lets a request through (RFC 9470 section 3, RFC 6750 section 3.1). */
export interface StepUp {
  /** Accepted classes of authentication, space-separated, best first. */
  readonly acr_values?: string
  /** How many seconds ago the user may have signed in at most. */
  readonly max_age?: string
  /** Every scope that the request needs, space-separated. */
  readonly scope?: string
}

/**
 * Compares a login with what it was to fulfil.
 *
 * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED` with what it lacks.
 */
export function checkRequired(
  { claims, scopes, clockSkewSeconds }: SessionTokens,
  wanted: StepUp,
  clock: Clock,
  phase: ErrorPhase,
): void {
  const { acr_values, max_age, scope = '' } = wanted
  const age = clock.now() / 1000 + clockSkewSeconds - Number(claims.auth_time)
  const lacks =
    (acr_values && !acr_values.split(' ').includes(`${claims.acr}`) && 'acr') ||
    (max_age && !(age <= Number(max_age) + 30) && 'auth_time') ||
    (parseScope(scope).some((name) => !scopes.includes(name)) && 'scope')
  if (lacks) throw new StepUpRequiredError(`The login lacks what was asked for: ${lacks}.`, wanted, phase)
}
