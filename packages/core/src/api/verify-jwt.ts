/**
 * Verifies access tokens that are JWTs. Nothing here waits unless there is something to wait for: a token that is known, or
 * whose signature is checked on this thread, is judged without a promise.
 */
import type { AccessTokenClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { type AccessTokenSettings, validityOf } from './access-token-checks.ts'
import { createTokenReader } from './access-token-text.ts'
import type { Jwks } from './jwks.ts'
import type { ObservedCall } from './observed-call.ts'
import type { PublishedKey } from './published-key.ts'
import type { Signatures } from './signatures.ts'
import type { VerdictCache } from './verdict-cache.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/** What a verification works with. */
export interface JwtVerification {
  readonly settings: AccessTokenSettings
  readonly signatures: Signatures
  readonly jwks: Jwks
  /** Undefined when nothing is remembered. */
  readonly verdicts: VerdictCache<VerifiedAccessToken> | undefined
  readonly clock: Clock
  /** Describes a verified token for the app. */
  readonly describe: (claims: AccessTokenClaims) => VerifiedAccessToken
}

type Verdict = VerifiedAccessToken | Promise<VerifiedAccessToken>

/** Verifies tokens of bounded length. */
export interface JwtVerifier {
  /**
   * Verifies a token.
   *
   * @returns The token, or a promise of it. It throws or rejects with a `TokenVerificationError` or `NetworkError`, and notes
   *   the verdict in a call that is watched.
   */
  verify(token: string, call?: ObservedCall): Verdict
  /**
   * Looks whether a token was verified a moment ago and is still good.
   *
   * @returns Undefined when that is not so, when the token is bound to a key, or when it can not be told without waiting.
   */
  recall(token: string): VerifiedAccessToken | undefined
}

/** Makes the verifier of JWTs. */
export function createJwtVerifier(verification: JwtVerification): JwtVerifier {
  const { settings, signatures, jwks, verdicts, clock, describe } = verification
  const reader = createTokenReader(settings, signatures)

  const verifyAnew = (text: string, digest: string | undefined, call: ObservedCall | undefined): Verdict => {
    // Before the signature, since only a token of a known issuer is worth a request for keys.
    const token = reader.read(text, Math.floor(clock.now() / 1000))
    const accept = (key: PublishedKey): VerifiedAccessToken => {
      reader.remember(token)
      const { algorithm, kid: keyId, claims } = token
      const verified = describe(claims)
      const validity = validityOf(claims, settings.clockToleranceSeconds)
      if (digest !== undefined) verdicts?.keep(digest, verified, key, validity, clock.now())
      if (call) call.verdict = { kind: 'verify', issuer: verified.issuer, algorithm, keyId }
      return verified
    }
    const key = jwks.verify(token, call?.onEvent)
    return key instanceof Promise ? key.then(accept) : accept(key)
  }
  /** A token that may have been verified before, whose key must still be published. */
  const verifyKnown = (text: string, digest: string, call: ObservedCall | undefined): Verdict => {
    const known = verdicts?.find(digest, clock.now())
    if (!known) return verifyAnew(text, digest, call)
    const refreshing = jwks.refresh(call?.onEvent)
    if (refreshing) return refreshing.then(() => verifyKnown(text, digest, call))
    if (call) call.verdict = { kind: 'cache-hit', issuer: known.token.issuer }
    return known.token
  }
  return {
    verify(text, call) {
      if (!verdicts) return verifyAnew(text, undefined, call)
      const digest = signatures.digest(text)
      return typeof digest === 'string'
        ? verifyKnown(text, digest, call)
        : digest.then((known) => verifyKnown(text, known, call))
    },
    recall(text) {
      const mayAsk = verdicts && signatures.digestsAtOnce && jwks.isFresh()
      const known = mayAsk && verdicts.find(signatures.digest(text) as string, clock.now())
      return known && !known.bound ? known.token : undefined
    },
  }
}
