import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { type AccessDecision, evaluateAccess } from '../access/evaluate.ts'
import { explainDecision, requiredScopes } from '../access/explain.ts'
import { type AccessGrant, readGrant } from '../access/grant.ts'
import type { AccessRule } from '../access/rule.ts'
import type { AccessTokenClaims } from '../claims.ts'
import { type Clock, systemClock } from '../clock.ts'
import { InsufficientScopeError, isOidcError, NetworkError, TokenVerificationError } from '../errors.ts'
import { createHttpClient } from '../http/http-client.ts'
import { anyText, checkOptions } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import { discover } from '../protocol/discovery.ts'
import { createTransport, type FetchFunction } from '../protocol/transport.ts'
import { type AccessTokenProfile, checkAccessToken } from './access-token-checks.ts'
import { readBearerToken } from './bearer.ts'
import { type Principal, readPrincipal } from './principal.ts'

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
   * What access tokens of this provider look like. `rfc9068`: `typ` is `at+jwt`. `jwt`: `typ` is `at+jwt`, `JWT` or absent,
   * and claims that only ID tokens have are refused. `descope`: as `jwt`, with a `kid`, and refresh and renewed ID tokens of
   * the Descope-like service are refused too. Default `jwt`.
   */
  readonly profile?: AccessTokenProfile
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /** Longest token accepted, in characters, 256 to 16384. Default 8192. */
  readonly maxTokenLength?: number
  /** Deadline of a request for metadata or keys, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
  /** Sends requests. Default `fetch`. */
  readonly fetch?: FetchFunction
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** A verified access token: everything in it can be relied on. */
export interface VerifiedAccessToken {
  /** The claims, deeply frozen. */
  readonly claims: AccessTokenClaims
  /** Issuer and subject, which together name the caller for good. */
  readonly issuer: string
  readonly subject: string
  /** Whether a person, a client or an access key calls. */
  readonly principal: Principal
  /** Granted scopes, roles, permissions and tenants. */
  readonly grant: AccessGrant
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** Decides an access rule and says what is missing. */
  can(rule: AccessRule): AccessDecision
  /**
   * Demands an access rule.
   *
   * @throws {InsufficientScopeError} `OIDC_INSUFFICIENT_SCOPE` when more scopes would help, else `OIDC_ACCESS_DENIED`.
   */
  require(rule: AccessRule): void
}

/** Verifies access tokens of one provider. Make one per API and keep it. */
export interface AccessTokenVerifier {
  /**
   * Verifies a token: text, algorithm, type, signature, issuer, audience, times.
   *
   * @throws {TokenVerificationError} One `OIDC_TOKEN_...` code for each rule.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE` when metadata or keys can not be loaded.
   */
  verify(token: string): Promise<VerifiedAccessToken>
  /**
   * Verifies the token of a request.
   *
   * @param authorization - The value of the Authorization header; undefined when there is none.
   * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING`, `OIDC_REQUEST_MALFORMED`, and those of `verify`.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`.
   */
  authenticate(authorization: string | null | undefined): Promise<VerifiedAccessToken>
}

/**
 * Creates a verifier. Loads nothing yet.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 * @example source: examples/snippets/api-start.ts
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  checkOptions(
    options,
    {
      issuer: 'issuer',
      audience: typeof options.audience === 'string' ? anyText : 'texts',
      acceptIssuers: 'texts',
      jwksUri: 'url',
      algorithms: 'texts',
      profile: /^(rfc9068|jwt|descope)$/,
      clockToleranceSeconds: [0, 300],
      maxTokenLength: [256, 16_384],
      timeoutMs: [1, 600_000],
      fetch: 'function',
      clock: 'object',
    },
    ['issuer', 'audience'],
  )
  const { issuer, clock = systemClock, algorithms = ['RS256'], clockToleranceSeconds = 30 } = options
  const settings = {
    issuers: [issuer, ...(options.acceptIssuers ?? [])],
    audiences: [options.audience].flat(),
    algorithms,
    profile: options.profile ?? 'jwt',
    clockToleranceSeconds,
    maxTokenLength: options.maxTokenLength ?? 8192,
  }
  const transport = { fetch: createHttpClient(options.fetch), timeoutMs: options.timeoutMs ?? 10_000 }
  let keys: Promise<JWTVerifyGetKey> | undefined

  const loadKeys = (): Promise<JWTVerifyGetKey> => {
    keys ??= findKeys().catch((error) => {
      // A failure must not be remembered.
      keys = undefined
      throw error
    })
    return keys
  }
  const findKeys = async () => {
    const uri = options.jwksUri ?? (await discover(issuer, transport)).jwks_uri
    if (!uri) throw new NetworkError('OIDC_KEYS_UNAVAILABLE', `${issuer} announces no jwks_uri. Give jwksUri.`, 'api')
    const send = createTransport(transport, 'api')
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: transport.timeoutMs,
      cooldownDuration: 10_000,
      cacheMaxAge: 600_000,
      [customFetch]: send,
    })
  }

  const verify = async (token: string): Promise<VerifiedAccessToken> => {
    // Before the signature, since only a token of a known issuer is worth a request for keys.
    const claims = checkAccessToken(token, settings, Math.floor(clock.now() / 1000))
    try {
      await jwtVerify(token, await loadKeys(), {
        algorithms: [...algorithms],
        issuer: settings.issuers,
        audience: settings.audiences,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock.now()),
      })
    } catch (error) {
      throw mapJoseError(error)
    }
    return describeToken(claims)
  }
  return {
    verify,
    authenticate: async (authorization) => verify(readBearerToken(authorization)),
  }
}

function describeToken(claims: AccessTokenClaims): VerifiedAccessToken {
  const grant = readGrant(deepFreeze(claims))
  return {
    claims,
    issuer: claims.iss,
    subject: claims.sub,
    principal: readPrincipal(claims),
    grant,
    expiresAt: claims.exp,
    can: (rule) => evaluateAccess(rule, grant),
    require(rule) {
      const decision = evaluateAccess(rule, grant)
      if (!decision.allowed) {
        throw new InsufficientScopeError(explainDecision(decision), requiredScopes(rule, grant), [...grant.scopes])
      }
    },
  }
}

/** jose's error as ours; anything but a verdict on the token means that the keys could not be had. */
function mapJoseError(error: unknown): Error {
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new TokenVerificationError('OIDC_TOKEN_SIGNATURE_INVALID', 'The signature does not verify.')
  }
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return new TokenVerificationError(
      'OIDC_TOKEN_KEY_NOT_FOUND',
      'No single key of the provider fits the token.',
      'kid',
    )
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return new TokenVerificationError('OIDC_TOKEN_ALG_REFUSED', 'The algorithm of the token is not supported.', 'alg')
  }
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return new TokenVerificationError('OIDC_TOKEN_CLAIM_INVALID', `The claim ${error.claim} is not valid.`, error.claim)
  }
  if (isOidcError(error, 'OIDC_KEYS_UNAVAILABLE')) return error
  return new NetworkError(
    'OIDC_KEYS_UNAVAILABLE',
    `The keys of the provider can not be loaded: ${isOidcError(error) ? error.message : 'the answer is not a key set.'}`,
    'api',
  )
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}
