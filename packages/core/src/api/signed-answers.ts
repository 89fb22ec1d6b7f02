/** Introspection whose answers are signed by the provider (RFC 9701). */
import { checkOptions, secureUrl } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import { endOnTime } from '../protocol/end-on-time.ts'
import { introspectTokenSigned } from '../protocol/introspection-jwt.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import { createSignatureCheck } from './signature-check.ts'
import type { IntrospectionAnswers } from './token-introspection.ts'

/** Options of {@link signedAnswers}. */
export interface SignedAnswersOptions {
  /** Signature algorithms of answers, such as `introspection_signed_response_alg` of this client. Default `['RS256']`. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /** Where the keys of the provider are. Default: the `jwks_uri` of the discovery document. */
  readonly jwksUri?: string
  /** Allowed clock difference, in seconds, 0 to 300. Default 30. */
  readonly clockToleranceSeconds?: number
  /** Deadline of a request for metadata or keys, in milliseconds. Default 10000. */
  readonly keysTimeoutMs?: number
}

/**
 * Lets {@link createTokenIntrospection} ask for answers that the provider has signed, and take no others: for an API that has
 * to show later who said what of a token, or that asks through a party that must not write one.
 *
 * An answer has to be of the issuer, for this client, made after the question, of `typ` token-introspection+jwt, and without
 * `sub` and `exp` of its own; anything else counts as no answer. No answer names its token, so a party in between could still
 * give the fresh answer about one token for another. Encrypted answers are not taken.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 9701 section 5
 */
export function signedAnswers(options: SignedAnswersOptions = {}): IntrospectionAnswers {
  checkOptions(
    options,
    {
      algorithms: signatureAlgorithms,
      jwksUri: secureUrl,
      clockToleranceSeconds: [0, 300],
      keysTimeoutMs: [1, 600_000],
    },
    [],
  )
  const { algorithms = ['RS256'], jwksUri, clockToleranceSeconds = 30, keysTimeoutMs } = options
  return ({ issuer, clientId, authentication, transport, clock }) => {
    const { fetch } = transport
    const verifySignature = createSignatureCheck({ issuer, jwksUri, timeoutMs: keysTimeoutMs, fetch, clock })
    const expected = { issuer, algorithms, clockToleranceSeconds, now: () => Math.floor(clock.now() / 1000) }
    return (server, token) =>
      introspectTokenSigned(
        server,
        { clientId, authentication },
        token,
        endOnTime(transport),
        expected,
        verifySignature,
      )
  }
}
