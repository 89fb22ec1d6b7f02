import { type AnyOidcError, ConfigurationError } from '../errors.ts'
import { checkOptions, secureUrl } from '../options.ts'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from './access-token-verifier.ts'
import type { ChallengeOptions } from './challenge.ts'

/** Options that every guard has. */
export interface GuardSettings<Req> extends Omit<ChallengeOptions, 'scheme'> {
  /**
   * Called with each error that the guard answers, and waited for, before the answer is given. The place for the log:
   * `describeDenial(error)` says what was expected and found, which the caller never learns. What it throws, or rejects
   * with, takes the place of the answer. Default none.
   */
  readonly onDenied?: DenialHook<Req>
}

/**
 * Learns about a request that a guard refuses.
 *
 * @param error - Why; `code` says it for programs, `message` for people.
 * @param request - The request.
 * @returns Nothing that is used; a promise is waited for.
 */
export type DenialHook<Req> = (error: AnyOidcError, request: Req) => unknown

/** Options of a guard that makes its own verifier. Spread a preset such as `descopeApi(...)` into them. */
export interface GuardVerifierOptions<Req> extends AccessTokenVerifierOptions, GuardSettings<Req> {
  /** Not beside the options of a verifier. */
  readonly verifier?: never
}

/** Options of a guard over a verifier that exists. Guards that share one verify the token of a request once. */
export interface GuardWithVerifier<Req> extends GuardSettings<Req> {
  /** Result of `createAccessTokenVerifier`. */
  readonly verifier: AccessTokenVerifier
}

/** Options of a guard: a verifier, or the options of one. */
export type GuardOptions<Req> = GuardVerifierOptions<Req> | GuardWithVerifier<Req>

/** What a guard works with, checked. */
export interface ResolvedGuard<Req> {
  readonly verifier: AccessTokenVerifier
  readonly challenge: ChallengeOptions
  readonly onDenied: DenialHook<Req> | undefined
}

/**
 * Checks the options and makes the verifier where none is given.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function resolveGuard<Req>(options: GuardOptions<Req>): ResolvedGuard<Req> {
  const { verifier: given, realm, resourceMetadata, onDenied, ...rest } = options
  checkOptions(
    { realm, resourceMetadata, onDenied },
    { realm: 'string', resourceMetadata: secureUrl, onDenied: 'function' },
    [],
  )
  const challenge = { ...(realm ? { realm } : {}), ...(resourceMetadata ? { resourceMetadata } : {}) }
  if (given === undefined) {
    return { verifier: createAccessTokenVerifier(rest as AccessTokenVerifierOptions), challenge, onDenied }
  }
  if (typeof given?.authenticate !== 'function') {
    throw new ConfigurationError('OIDC_OPTION_INVALID', '"verifier" must come from createAccessTokenVerifier.')
  }
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    const allowed = 'There are verifier, realm, resourceMetadata, onDenied; others belong to createAccessTokenVerifier.'
    throw new ConfigurationError('OIDC_OPTION_UNKNOWN', `"${unknown}" is no option beside "verifier". ${allowed}`)
  }
  return { verifier: given, challenge, onDenied }
}
