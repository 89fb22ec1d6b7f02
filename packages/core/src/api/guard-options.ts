import type { ClaimsSchema } from '../claims-schema.ts'
import { type AnyOidcError, ConfigurationError } from '../errors.ts'
import { checkOptions, type OptionRule, type OptionRules, resultOf, secureUrl } from '../options.ts'
import { type AccessTokenVerifier, createAccessTokenVerifier } from './access-token-verifier.ts'
import type { ChallengeOptions } from './challenge.ts'
import { type AccessTokenVerifierOptions, verifierRules } from './verifier-options.ts'

/** Options that every guard has. */
export interface GuardSettings<Req, Claims = unknown> extends ChallengeOptions {
  /**
   * Called with each error that the guard answers, and waited for, before the answer is given. The place for the log:
   * `describeDenial(error)` says what was expected and found, which the caller never learns. What it throws, or rejects
   * with, takes the place of the answer. Default none.
   */
  readonly onDenied?: DenialHook<Req>
  /**
   * Reads the claims of each token by a schema of Zod, Valibot, ArkType or any other library that follows Standard Schema,
   * and gives them its type. A token whose claims do not fit is refused. Access rules still read the claims as they are.
   * Default: claims of custom names are `unknown`.
   */
  readonly claimsSchema?: ClaimsSchema<Claims>
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
export interface GuardVerifierOptions<Req, Claims = unknown>
  extends AccessTokenVerifierOptions,
    GuardSettings<Req, Claims> {
  /** Not beside the options of a verifier, of which one is made by default. */
  readonly verifier?: never
}

/** Options of a guard over a verifier that exists. Guards in a row that share one verify the token of a request once. */
export interface GuardWithVerifier<Req, Claims = unknown> extends GuardSettings<Req, Claims> {
  /** Result of `createAccessTokenVerifier`. */
  readonly verifier: AccessTokenVerifier
}

/** Options of a guard: a verifier, or the options of one. */
export type GuardOptions<Req, Claims = unknown> = GuardVerifierOptions<Req, Claims> | GuardWithVerifier<Req, Claims>

/** What a guard works with, checked. */
export interface ResolvedGuard<Req, Claims> {
  readonly verifier: AccessTokenVerifier
  readonly challenge: ChallengeOptions
  readonly onDenied: DenialHook<Req> | undefined
  readonly claimsSchema: ClaimsSchema<Claims> | undefined
}

/**
 * Checks the options and makes the verifier where none is given.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function resolveGuard<Req, Claims>(options: GuardOptions<Req, Claims>): ResolvedGuard<Req, Claims> {
  if (Object(options) !== options || 'authenticate' in options) {
    throw new ConfigurationError('OIDC_OPTION_INVALID', 'Expected options: { issuer, audience } or { verifier }.')
  }
  const { verifier: given, realm, resourceMetadata, onDenied, claimsSchema, ...rest } = options
  const names = Object.keys(guardRules)
  const foreign = given === undefined ? undefined : Object.keys(options).find((name) => !names.includes(name))
  if (foreign !== undefined) {
    const allowed = `There are ${names.join(', ')}; others belong to createAccessTokenVerifier.`
    throw new ConfigurationError('OIDC_OPTION_UNKNOWN', `"${foreign}" is no option beside "verifier". ${allowed}`)
  }
  const rules: OptionRules<GuardVerifierOptions<Req, Claims>> = { ...verifierRules, ...guardRules }
  checkOptions(
    options as GuardVerifierOptions<Req, Claims>,
    rules,
    'verifier' in options && !('issuer' in options) ? ['verifier'] : ['issuer', 'audience'],
  )
  return {
    verifier: given ?? createAccessTokenVerifier(rest as AccessTokenVerifierOptions),
    challenge: { ...(realm ? { realm } : {}), ...(resourceMetadata ? { resourceMetadata } : {}) },
    onDenied,
    claimsSchema,
  }
}

const standardSchema: OptionRule = [
  'a Standard Schema, version 1',
  (value) => typeof (value as ClaimsSchema<unknown> | null)?.['~standard']?.validate === 'function',
]

/** What each option of a guard accepts, beside those of a verifier. */
const guardRules = {
  verifier: resultOf('createAccessTokenVerifier', 'authenticate'),
  realm: 'string',
  resourceMetadata: secureUrl,
  onDenied: 'function',
  claimsSchema: standardSchema,
} as const
