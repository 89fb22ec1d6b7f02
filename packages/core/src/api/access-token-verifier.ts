import { type AccessDecision, evaluateAccess } from '../access/evaluate.ts'
import { explainDecision } from '../access/explain.ts'
import { type AccessGrant, readGrant } from '../access/grant.ts'
import type { AccessParameters, AccessRule } from '../access/rule.ts'
import { requiredScopes } from '../access/scopes.ts'
import type { AccessTokenClaims, AuthorizationClaims } from '../claims.ts'
import { type Clock, systemClock } from '../clock.ts'
import { InsufficientScopeError } from '../errors.ts'
import { checkOptions, issuerUrl, oneOf, secureUrl, someTexts, texts } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import { type AccessTokenProfile, checkAccessToken } from './access-token-checks.ts'
import { type AuthenticatedRequest, createAuthenticate, requireUnbound } from './authenticate.ts'
import type { DpopProofVerifier } from './dpop-proof.ts'
import { createJwks } from './jwks.ts'
import { type Principal, readPrincipal } from './principal.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import { type AuthenticationDemand, demandAuthentication, type StepUpTime } from './step-up.ts'

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
  /** Tells whether a person or a machine calls, from verified claims. Default: as the Descope-like service tells it. */
  readonly principalOf?: (claims: AccessTokenClaims) => Principal
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /**
   * Takes tokens that are bound to a key, with proofs (RFC 9449); made by {@link createDpopProofVerifier}. Default: bound
   * tokens are refused.
   */
  readonly dpop?: DpopProofVerifier
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
  /** Issuer; together with the subject it names the caller for good. */
  readonly issuer: string
  /** Subject: a user, a client or an access key. */
  readonly subject: string
  /** Whether a person, a client or an access key calls. */
  readonly principal: Principal
  /** Granted scopes, roles, permissions and tenants. */
  readonly grant: AccessGrant
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /**
   * Decides an access rule and says what is missing.
   *
   * @param rule - The rule.
   * @param parameters - What the parameters of the rule stand for, such as those of a path. Default none.
   */
  can(rule: AccessRule, parameters?: AccessParameters): AccessDecision
  /**
   * Demands an access rule.
   *
   * @param rule - The rule.
   * @param parameters - What the parameters of the rule stand for, such as those of a path. Default none.
   * @throws {InsufficientScopeError} `OIDC_INSUFFICIENT_SCOPE` when more scopes would help, else `OIDC_ACCESS_DENIED`.
   */
  require(rule: AccessRule, parameters?: AccessParameters): void
  /**
   * Demands a login of some class or age (RFC 9470), by the time of this call.
   *
   * @param scopes - Scopes that the request needs besides, so that one login is enough. Default none.
   * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED`, also when the token does not tell.
   * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
   */
  requireAuthentication(demand: AuthenticationDemand, scopes?: readonly string[]): void
}

/** Verifies access tokens of one provider. Make one per API and keep it. */
export interface AccessTokenVerifier {
  /**
   * Verifies a token: text, algorithm, type, signature, issuer, audience, times. A token that is bound to a key is refused:
   * only `authenticate` sees whether the caller has the key.
   *
   * @throws {TokenVerificationError} One `OIDC_TOKEN_...` code for each rule.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE` when metadata or keys can not be loaded.
   */
  verify(token: string): Promise<VerifiedAccessToken>
  /**
   * Verifies the token of a request.
   *
   * @param request - The request, its headers, or the value of its Authorization header. For DPoP tokens the request.
   * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING`, `OIDC_REQUEST_MALFORMED`, `OIDC_TOKEN_NOT_BOUND`, one
   *   `OIDC_DPOP_...` code for each rule of proofs, and those of `verify`.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`, `OIDC_STORE_UNAVAILABLE`.
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for a DPoP token without its request.
   */
  authenticate(request: AuthenticatedRequest): Promise<VerifiedAccessToken>
}

/**
 * Creates a verifier. Loads nothing yet.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/api-start.ts
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  checkOptions(
    options,
    {
      issuer: issuerUrl,
      // Without an audience every token of the issuer would open this API.
      audience: typeof options.audience === 'string' ? 'string' : someTexts,
      acceptIssuers: texts,
      jwksUri: secureUrl,
      algorithms: signatureAlgorithms,
      profile: oneOf('rfc9068 jwt descope'),
      tokenRule: 'object',
      rightsOf: 'function',
      principalOf: 'function',
      clockToleranceSeconds: [0, 300],
      dpop: 'object',
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
    tokenRule: options.tokenRule,
    clockToleranceSeconds,
    maxTokenLength: options.maxTokenLength ?? 8192,
  }
  const jwks = createJwks({
    issuer,
    jwksUri: options.jwksUri,
    algorithms,
    transport: { timeoutMs: options.timeoutMs ?? 10_000, ...(options.fetch ? { fetch: options.fetch } : {}) },
    clock,
  })

  const verify = async (token: string): Promise<VerifiedAccessToken> => {
    // Before the signature, since only a token of a known issuer is worth a request for keys.
    const claims = checkAccessToken(token, settings, Math.floor(clock.now() / 1000))
    await jwks.verifySignature(token)
    return describeToken(claims, options, () => ({
      now: Math.floor(clock.now() / 1000),
      clockToleranceSeconds,
    }))
  }
  return {
    verify: async (token) => requireUnbound(await verify(token)),
    authenticate: createAuthenticate(verify, options.dpop),
  }
}

function describeToken(
  claims: AccessTokenClaims,
  { rightsOf, principalOf = readPrincipal }: AccessTokenVerifierOptions,
  currentTime: () => StepUpTime,
): VerifiedAccessToken {
  const { roles: _roles, permissions: _permissions, tenants: _tenants, dct: _dct, ...others } = deepFreeze(claims)
  const grant = readGrant(rightsOf ? deepFreeze({ ...others, ...rightsOf(claims) }) : claims)
  return {
    claims,
    issuer: claims.iss,
    subject: claims.sub,
    principal: principalOf(claims),
    grant,
    expiresAt: claims.exp,
    can: (rule, parameters) => evaluateAccess(rule, grant, parameters),
    require(rule, parameters) {
      const decision = evaluateAccess(rule, grant, parameters)
      if (decision.allowed) return
      const scopes = requiredScopes(rule, grant, parameters)
      throw new InsufficientScopeError(explainDecision(decision, grant), scopes, [...grant.scopes])
    },
    requireAuthentication(demand, scopes = []) {
      demandAuthentication(claims, demand, scopes, currentTime())
    },
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}
