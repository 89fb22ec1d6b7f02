import type { AccessRule } from '../access/rule.ts'
import type { AccessTokenClaims, AuthorizationClaims } from '../claims.ts'
import { type Clock, systemClock } from '../clock.ts'
import { checkOptions, issuerUrl, type OptionRules, oneOf, secureUrl, textOrTexts, texts } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import { type AccessTokenProfile, type AccessTokenSettings, checkClaims } from './access-token-checks.ts'
import { malformed } from './access-token-text.ts'
import {
  type AuthenticatedRequest,
  authenticateBearer,
  readPlainBearer,
  requireUnbound,
  type VerifyToken,
} from './authenticate.ts'
import { listenerNow } from './diagnostics.ts'
import type { DpopProofVerifier } from './dpop-proof.ts'
import { type ObservedCall, observeCalls } from './observed-call.ts'
import type { Principal } from './principal.ts'
import { type RevocationCheck, requireNotRevoked } from './revocation-list.ts'
import { sharedJwks } from './shared-jwks.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import { defaultSignatures, type Signatures } from './signatures.ts'
import type { StepUpTime } from './step-up.ts'
import type { TokenIntrospection } from './token-introspection.ts'
import { createVerdictCache, type VerdictFilter } from './verdict-cache.ts'
import { deepFreeze, describeToken, type VerifiedAccessToken } from './verified-access-token.ts'
import type { VerifierEvent } from './verifier-events.ts'
import { createJwtVerifier } from './verify-jwt.ts'

/** Options of an access-token verifier. */
export interface AccessTokenVerifierOptions {
  /** Issuer identifier of the provider, exactly as the provider spells it. */
  readonly issuer: string
  /** Names of this API, at least one of which has to be in `aud`. */
  readonly audience: string | readonly string[]
  /** Further spellings of the same issuer that tokens may carry; exact texts, same keys. Default none. */
  readonly acceptIssuers?: readonly string[]
  /** Where the keys are. Default: the `jwks_uri` of the discovery document, loaded with the first token. */
  readonly jwksUri?: string
  /** Signature algorithms that are accepted. Default `['RS256']`. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /**
   * What access tokens of this provider look like. `rfc9068`: `typ` is `at+jwt`, and every claim that
   * RFC 9068 section 2.2 requires is there. `jwt`: `typ` is `at+jwt`, `JWT` or absent,
   * and claims that only ID tokens have are refused. `descope`: as `jwt`, with a `kid`, and refresh and renewed ID tokens of
   * the Descope-like service are refused too. Default `jwt`.
   */
  readonly profile?: AccessTokenProfile
  /**
   * What the claims of every token have to fulfil beside all other checks, such as `claim('typ', 'Bearer')`; a token that does
   * not is refused with `OIDC_TOKEN_CLAIM_INVALID`. For what tells the access tokens of a provider from its other tokens, not
   * for rights. Default: nothing.
   */
  readonly tokenRule?: AccessRule
  /**
   * Where roles, permissions and tenants are in the claims of this provider. What it returns takes the place of `roles`,
   * `permissions`, `tenants` and `dct` in `grant`; `claims` stay as they are. Called with verified claims. Default: the
   * claims of these names.
   */
  readonly rightsOf?: (claims: AccessTokenClaims) => AuthorizationClaims
  /**
   * Issuers whose `scope` tells what was granted, out of `issuer` and `acceptIssuers`. In tokens of the others no scope counts,
   * such as where the provider writes into them whatever a client has asked for. Default: all.
   */
  readonly trustScopeFrom?: readonly string[]
  /**
   * Whether tokens hold the roles and permissions that belong to their scopes alone, so that one with more scopes may have more
   * of them. A refusal for a missing role then names the scopes of the rule that are not granted yet. Default false.
   */
  readonly rightsFollowScopes?: boolean
  /** Tells whether a person or a machine calls, from verified claims. Default: as the Descope-like service tells it. */
  readonly principalOf?: (claims: AccessTokenClaims) => Principal
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /**
   * Takes tokens that are bound to a key, with proofs (RFC 9449); made by {@link createDpopProofVerifier}. Default: bound
   * tokens are refused.
   */
  readonly dpop?: DpopProofVerifier
  /**
   * Asks the provider about tokens that are no JWT (RFC 7662); made by {@link createTokenIntrospection}. Default: such tokens
   * are refused.
   */
  readonly introspection?: TokenIntrospection
  /**
   * Whether a token was revoked, such as `isRevoked` of {@link createRevocationList}. Asked for every request, and only about
   * tokens that are valid otherwise. When it fails, or answers with anything else than true or false, the request gets 503.
   * Default: nothing is asked.
   */
  readonly isRevoked?: RevocationCheck
  /** Longest token accepted, in characters, 256 to 16384. Default 8192. */
  readonly maxTokenLength?: number
  /** Deadline of a request for metadata or keys, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
  /** How long keys serve on, past their age, while new ones can not be loaded; in seconds, 0 to 604800. Default 86400. */
  readonly maxStaleSeconds?: number
  /**
   * Keeps verified tokens for a while, by the SHA-256 of their whole text, so that the signature of a token is checked once
   * and not with every request. Times are checked every time, and a verdict dies with its key. `false` keeps none.
   * Default: 2000 tokens for 300 seconds.
   */
  readonly verdictCache?: VerdictCacheOptions | false
  /**
   * Told how each call ended and when keys are loaded, also where the runtime has no `node:diagnostics_channel`. Never gets
   * a token. Must not throw.
   */
  readonly onEvent?: (event: VerifierEvent) => void
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** How long verdicts are kept. */
export interface VerdictCacheOptions {
  /** Most tokens kept, 1 to 100000. Default 2000. */
  readonly maxEntries?: number
  /** How long a verdict is used before the signature is checked again, in seconds, 0 (never kept) to 3600. Default 300. */
  readonly maxAgeSeconds?: number
}

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
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/api-start.ts
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  return buildVerifier(options)
}

/** What each option of a verifier accepts. */
export const verifierRules: OptionRules<AccessTokenVerifierOptions> = {
  issuer: issuerUrl,
  // Without an audience every token of the issuer would open this API.
  audience: textOrTexts,
  acceptIssuers: texts,
  jwksUri: secureUrl,
  algorithms: signatureAlgorithms,
  profile: oneOf('rfc9068 jwt descope'),
  tokenRule: 'object',
  rightsOf: 'function',
  trustScopeFrom: texts,
  rightsFollowScopes: 'boolean',
  principalOf: 'function',
  clockToleranceSeconds: [0, 300],
  dpop: 'object',
  introspection: 'object',
  isRevoked: 'function',
  maxTokenLength: [256, 16_384],
  timeoutMs: [1, 600_000],
  maxStaleSeconds: [0, 604_800],
  verdictCache: ['false or an object', (value) => value === false || (typeof value === 'object' && value !== null)],
  onEvent: 'function',
  fetch: 'function',
  clock: 'object',
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
    tokenRule: options.tokenRule,
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
