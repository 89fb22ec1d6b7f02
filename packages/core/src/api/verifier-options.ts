import type { AccessRule } from '../access/rule.ts'
import type { AccessTokenClaims, AuthorizationClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { issuerUrl, type OptionRules, oneOf, resultOf, secureUrl, textOrTexts, texts } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import type { AccessTokenProfile } from './access-token-checks.ts'
import type { DpopProofVerifier } from './dpop-proof.ts'
import type { Principal } from './principal.ts'
import type { RevocationCheck } from './revocation-list.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import type { TokenIntrospection } from './token-introspection.ts'
import type { VerifierEvent } from './verifier-events.ts'

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
   * for rights. One that is not as it should be, such as with a misspelled member, throws `OIDC_ACCESS_RULE_INVALID`. Default:
   * nothing.
   */
  readonly tokenRule?: AccessRule
  /**
   * Where roles, permissions and tenants are in the claims of this provider. What it returns takes the place of `roles`,
   * `permissions`, `tenants` and `dct` in `grant`; `claims` stay as they are. Called with verified claims. What it returns is
   * frozen to its depth, so give objects and lists that nothing else changes. Default: the claims of these names.
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
  /**
   * Tells whether a person or a machine calls, from verified claims. What it returns is frozen. Default: as the Descope-like
   * service tells it.
   */
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
  dpop: resultOf('createDpopProofVerifier', 'authenticator'),
  introspection: resultOf('createTokenIntrospection', 'introspect'),
  isRevoked: 'function',
  maxTokenLength: [256, 16_384],
  timeoutMs: [1, 600_000],
  maxStaleSeconds: [0, 604_800],
  verdictCache: ['false or an object', (value) => value === false || (typeof value === 'object' && value !== null)],
  onEvent: 'function',
  fetch: 'function',
  clock: 'object',
}
