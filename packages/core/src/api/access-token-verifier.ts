import { parseRuleAt } from '../access/parse-rule.ts'
import type { AccessTokenClaims } from '../claims.ts'
import { systemClock } from '../clock.ts'
import { checkOptions } from '../options.ts'
import { type AccessTokenSettings, checkClaims } from './access-token-checks.ts'
import { malformed } from './access-token-text.ts'
import {
  type AuthenticatedRequest,
  authenticateBearer,
  readPlainBearer,
  requireUnbound,
  type VerifyToken,
} from './authenticate.ts'
import { listenerNow } from './diagnostics.ts'
import { type ObservedCall, observeCalls } from './observed-call.ts'
import { type RevocationCheck, requireNotRevoked } from './revocation-list.ts'
import { sharedJwks } from './shared-jwks.ts'
import { defaultSignatures, type Signatures } from './signatures.ts'
import type { StepUpTime } from './step-up.ts'
import type { TokenIntrospection } from './token-introspection.ts'
import { createVerdictCache, type VerdictFilter } from './verdict-cache.ts'
import { deepFreeze, describeToken, type VerifiedAccessToken } from './verified-access-token.ts'
import { type AccessTokenVerifierOptions, type VerdictCacheOptions, verifierRules } from './verifier-options.ts'
import { createJwtVerifier } from './verify-jwt.ts'

/** Verifies access tokens of one provider, or of several. Make one per API and keep it. */
export interface AccessTokenVerifier {
  /** Every text of `iss` that it accepts. */
  readonly issuers: readonly string[]
  /**
   * Verifies a token: text, algorithm, type, signature, issuer, audience, times. A token that is bound to a key is refused:
   * only `authenticate` sees whether the caller has the key.
   *
   * @throws {TokenVerificationError} One `OIDC_TOKEN_...` code for each rule.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE` when metadata or keys can not be loaded; with the options
   *   `introspection` and `isRevoked` also `OIDC_INTROSPECTION_UNAVAILABLE` and `OIDC_REVOCATION_UNKNOWN`.
   */
  verify(token: string): Promise<VerifiedAccessToken>
  /**
   * Verifies the token of a request.
   *
   * @param request - The request, its headers, or the value of its Authorization header. For DPoP tokens the request.
   * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING`, `OIDC_REQUEST_MALFORMED`, `OIDC_TOKEN_NOT_BOUND`, one
   *   `OIDC_DPOP_...` code for each rule of proofs, and those of `verify`.
   * @throws {NetworkError} Those of `verify`, and `OIDC_STORE_UNAVAILABLE`.
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for a DPoP token without its request.
   */
  authenticate(request: AuthenticatedRequest): Promise<VerifiedAccessToken>
  /**
   * Looks whether the token of a request was verified a moment ago and is still good, by the clock and the keys of now.
   * Guards ask this first: it costs less than a promise.
   *
   * @param request - As for `authenticate`.
   * @returns Undefined when that is not so, or can not be told at once: then `authenticate` has to be asked. Always so on web
   *   runtimes, whose digests are promises, with the options `isRevoked` and `dpop`, while somebody watches the verifier, and
   *   as a member of another object, such as a copy with an `authenticate` that asks for more.
   */
  recall(request: AuthenticatedRequest): VerifiedAccessToken | undefined
  /**
   * Drops kept verdicts and answers of introspection, so that these tokens are looked at anew when they come. It does not
   * refuse them: whether a token was revoked is for introspection or `isRevoked` to say.
   *
   * @param filter - A verdict that fits every given member goes; without members, all go.
   * @returns How many went.
   */
  forget(filter: VerdictFilter): number
}

/** What tests and instruments reach that apps do not. */
export interface VerifierInternals {
  /** How signatures are checked. Default: the fastest way of the runtime. */
  readonly signatures?: Signatures
}

/**
 * Creates a verifier. Loads nothing yet.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`; `OIDC_ACCESS_RULE_INVALID` for `tokenRule`.
 * @example source: examples/snippets/api-start.ts
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  return buildVerifier(options)
}

/** {@link createAccessTokenVerifier}, with its inside open. */
export function buildVerifier(
  options: AccessTokenVerifierOptions,
  { signatures = defaultSignatures() }: VerifierInternals = {},
): AccessTokenVerifier {
  checkOptions(options, verifierRules, ['issuer', 'audience'])
  const { issuer, clock = systemClock, algorithms = ['RS256'], clockToleranceSeconds = 30 } = options
  const { introspection, isRevoked } = options
  const settings: AccessTokenSettings = {
    issuers: [issuer, ...(options.acceptIssuers ?? [])],
    audiences: [options.audience].flat(),
    algorithms,
    profile: options.profile ?? 'jwt',
    tokenRule: options.tokenRule && parseRuleAt(options.tokenRule, 'tokenRule'),
    clockToleranceSeconds,
    maxTokenLength: options.maxTokenLength ?? 8192,
  }
  const { maxEntries = 2000, maxAgeSeconds = 300 } = checkVerdictCache(options.verdictCache)
  const verdicts =
    maxAgeSeconds > 0 ? createVerdictCache<VerifiedAccessToken>(maxEntries, 1000 * maxAgeSeconds) : undefined
  const nowSeconds = (): number => Math.floor(clock.now() / 1000)
  const currentTime = (): StepUpTime => ({ now: nowSeconds(), clockToleranceSeconds })
  const describe = (claims: AccessTokenClaims): VerifiedAccessToken => describeToken(claims, options, currentTime)
  const jwks = sharedJwks({
    issuer,
    jwksUri: options.jwksUri,
    transport: { timeoutMs: options.timeoutMs ?? 10_000, ...(options.fetch ? { fetch: options.fetch } : {}) },
    maxStaleSeconds: options.maxStaleSeconds ?? 86_400,
    clock,
    signatures,
  })

  const jwt = createJwtVerifier({ settings, signatures, jwks, verdicts, clock, describe })
  const verifyOpaque = async (
    token: string,
    { introspect }: TokenIntrospection,
    call: ObservedCall | undefined,
  ): Promise<VerifiedAccessToken> => {
    // What RFC 9068 requires of a JWT is not required of an answer about a token.
    const rules = settings.profile === 'rfc9068' ? { ...settings, profile: 'jwt' as const } : settings
    const verified = describe(deepFreeze(checkClaims(await introspect(token), rules, nowSeconds())))
    if (call) call.verdict = { kind: 'introspect', issuer: verified.issuer }
    return verified
  }
  const verify = (token: string, call?: ObservedCall): ReturnType<VerifyToken> => {
    // Before anything is decoded or hashed.
    if (typeof token !== 'string') malformed()
    if (token.length > settings.maxTokenLength) malformed(`has more than ${settings.maxTokenLength} characters`)
    const opaque = introspection && isOpaque(token)
    const verdict = opaque ? verifyOpaque(token, introspection, call) : jwt.verify(token, call)
    return isRevoked ? refuseRevoked(verdict, isRevoked) : verdict
  }
  const authenticateWith = (call?: ObservedCall) => {
    const verifyFor = (token: string) => verify(token, call)
    return options.dpop?.authenticator(verifyFor) ?? authenticateBearer(verifyFor)
  }
  const authenticate = authenticateWith()
  const observe = observeCalls(options.onEvent)
  const verifier: AccessTokenVerifier = {
    issuers: settings.issuers,
    verify: (token) =>
      observe(async (call) => {
        const verdict = verify(token, call)
        return requireUnbound(verdict instanceof Promise ? await verdict : verdict)
      }),
    recall(request) {
      // What has to be asked, proven or told about takes the other way, and so does whatever somebody has wrapped around this
      // verifier: its own authenticate may ask for more.
      if (this !== verifier || isRevoked || options.dpop || listenerNow(options.onEvent)) return undefined
      const token = readPlainBearer(request)
      return token && token.length <= settings.maxTokenLength ? jwt.recall(token) : undefined
    },
    authenticate: (request) => observe((call) => (call ? authenticateWith(call) : authenticate)(request)),
    forget: (filter) => (verdicts?.forget(filter) ?? 0) + (introspection?.forget(filter) ?? 0),
  }
  return verifier
}

async function refuseRevoked(
  verdict: ReturnType<VerifyToken>,
  isRevoked: RevocationCheck,
): Promise<VerifiedAccessToken> {
  const verified = await verdict
  await requireNotRevoked(verified, isRevoked)
  return verified
}

/** No JWT: every one of them begins with the encoded brace of its header, and has a dot. */
function isOpaque(token: string): boolean {
  return token !== '' && !/^ey[\w-]*\./.test(token)
}

function checkVerdictCache(options: AccessTokenVerifierOptions['verdictCache'] = {}): VerdictCacheOptions {
  if (options === false) return { maxAgeSeconds: 0 }
  checkOptions(options, { maxEntries: [1, 100_000], maxAgeSeconds: [0, 3600] }, [])
  return options
}
