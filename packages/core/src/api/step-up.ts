/**
 * Step-up (RFC 9470): whether the login behind an access token is good and recent enough for a request. Decided anew for each
 * request from `acr` and `auth_time`, since an answer that was right a minute ago may be wrong now.
 */
import type { AccessTokenClaims } from '../claims.ts'
import { ConfigurationError, inOneLine, StepUpRequiredError } from '../errors.ts'
import { checkOptions, isListOfTexts, type OptionRule } from '../options.ts'

/** RFC 9470 section 3 joins them by spaces. */
const words: OptionRule = [
  'a text without spaces or a list of such texts',
  (value) => {
    const list = [value].flat()
    return isListOfTexts(list) && list.length > 0 && !/\s/.test(list.join(''))
  },
]

/** The login that a request needs. At least one member. */
export interface AuthenticationDemand {
  /** Accepted classes of authentication (`acr`), best first: the token has to carry one of them. Default: any. */
  readonly acrValues?: string | readonly string[]
  /** How many seconds ago the user may have signed in at most (`auth_time`), 0 or more; the clock tolerance is added. Default: any. */
  readonly maxAgeSeconds?: number
  /** Methods (`amr`) all of which the login has to have used. A challenge has no parameter for them. Default: any. */
  readonly methods?: string | readonly string[]
}

/** The time of a request, and how far clocks may differ. */
export interface StepUpTime {
  /** Seconds since the epoch. */
  readonly now: number
  readonly clockToleranceSeconds: number
}

/**
 * Checks that a demand can be met at all.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, also when it demands nothing.
 */
export function checkDemand(demand: AuthenticationDemand): void {
  checkOptions(
    demand ?? {},
    {
      acrValues: words,
      maxAgeSeconds: [0, Number.MAX_SAFE_INTEGER],
      methods: words,
    },
    [],
  )
  if (Object.values(demand ?? {}).some((value) => value !== undefined)) return
  throw new ConfigurationError('OIDC_OPTION_INVALID', 'Give at least one of acrValues, maxAgeSeconds, methods.')
}

/**
 * Demands a login of some class or age.
 *
 * @param scopes - Scopes that the request needs besides, so that one login is enough.
 * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED`, also when the token does not tell.
 */
export function demandAuthentication(
  claims: AccessTokenClaims,
  demand: AuthenticationDemand,
  scopes: readonly string[],
  time: StepUpTime,
): void {
  checkDemand(demand)
  const acrValues = [demand.acrValues ?? []].flat()
  const { maxAgeSeconds } = demand
  const unmet =
    unmetClass(claims.acr, acrValues) ??
    unmetMethods(claims.amr, [demand.methods ?? []].flat()) ??
    unmetAge(claims.auth_time, maxAgeSeconds, time)
  if (unmet === undefined) return
  throw new StepUpRequiredError(unmet, {
    ...(acrValues.length > 0 ? { acr_values: acrValues.join(' ') } : {}),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
  })
}

function unmetClass(acr: unknown, accepted: readonly string[]): string | undefined {
  if (accepted.length === 0 || accepted.includes(acr as string)) return undefined
  const found = typeof acr === 'string' ? inOneLine(JSON.stringify(acr.slice(0, 200))) : 'none'
  return `Expected acr ${accepted.join(' or ')}, found ${found}.`
}

function unmetMethods(amr: unknown, needed: readonly string[]): string | undefined {
  const used = isListOfTexts(amr) ? amr : []
  const missing = needed.filter((method) => !used.includes(method))
  return missing.length > 0 ? `The login did not use ${missing.join(' and ')} (amr).` : undefined
}

function unmetAge(authTime: unknown, maxAge: number | undefined, time: StepUpTime): string | undefined {
  if (maxAge === undefined) return undefined
  if (typeof authTime !== 'number' || !(authTime > 0 && authTime < 1e11)) {
    return 'The token does not say when the user signed in (auth_time).'
  }
  const age = time.now - authTime
  if (age < -time.clockToleranceSeconds) return `The auth_time of the token lies ${-age} s in the future.`
  if (age <= maxAge + time.clockToleranceSeconds) return undefined
  return `The user signed in ${age} s ago; ${maxAge} s are allowed.`
}
