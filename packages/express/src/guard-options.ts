import { ConfigurationError } from '@countersign/core'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '@countersign/core/api'
import type { DenialHook } from './denial.ts'

/** Options that every access guard has. */
export interface AccessGuardSettings {
  /** Name of the protected area in challenges (RFC 9110 section 11.5). Default `api`. */
  readonly realm?: string
  /**
   * Called with each error that the guard answers, and waited for, before the answer is sent. The place for the log: the
   * message names what was expected and found, which the caller never learns. What it throws, or rejects with, goes to
   * `next`. Default none.
   */
  readonly onDenied?: DenialHook
}

/** Options of an access guard that makes its own verifier. Spread a preset such as `descopeApi(...)` into them. */
export interface AccessGuardVerifierOptions extends AccessTokenVerifierOptions, AccessGuardSettings {
  /** Not beside the options of a verifier. */
  readonly verifier?: never
}

/** Options of an access guard over a verifier that exists. Guards that share one verify the token of a request once. */
export interface AccessGuardWithVerifier extends AccessGuardSettings {
  /** Result of `createAccessTokenVerifier`. */
  readonly verifier: AccessTokenVerifier
}

/** Options of `createAccessGuard`: a verifier, or the options of one. */
export type AccessGuardOptions = AccessGuardVerifierOptions | AccessGuardWithVerifier

/** What a guard works with, checked. */
export interface ResolvedGuard {
  readonly verifier: AccessTokenVerifier
  readonly realm: string
  readonly onDenied: DenialHook | undefined
}

/**
 * Checks the options and makes the verifier where none is given.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function resolveGuard(options: AccessGuardOptions): ResolvedGuard {
  const { verifier: given, realm = 'api', onDenied, ...rest } = options
  if (typeof realm !== 'string' || !realm) invalid('"realm" must be a text.')
  if (onDenied !== undefined && typeof onDenied !== 'function') invalid('"onDenied" must be a function.')
  if (given === undefined) {
    return { verifier: createAccessTokenVerifier(rest as AccessTokenVerifierOptions), realm, onDenied }
  }
  if (typeof given?.authenticate !== 'function') invalid('"verifier" must come from createAccessTokenVerifier.')
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    const allowed = 'There are verifier, realm, onDenied; the other options belong to createAccessTokenVerifier.'
    throw new ConfigurationError('OIDC_OPTION_UNKNOWN', `"${unknown}" is no option beside "verifier". ${allowed}`)
  }
  return { verifier: given, realm, onDenied }
}

function invalid(message: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', message)
}
