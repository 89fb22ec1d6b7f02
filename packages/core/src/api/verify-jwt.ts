/**
 * Verifies access tokens that are JWTs. Nothing here waits unless there is something to wait for: a token that is known, or
 * whose signature is checked on this thread, is judged without a promise.
 */
import type { AccessTokenClaims } from '../claims.ts'
import type { Clock } from '../clock.ts'
import { type AccessTokenSettings, checkTimes } from './access-token-checks.ts'
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

/**
 * Makes the function that verifies a token of bounded length.
 *
 * @returns A function that returns the token, or a promise of it, and throws or rejects with a `TokenVerificationError` or
 *   `NetworkError`. It notes the verdict in a call that is watched.
 */
export function createVerifyJwt(verification: JwtVerification): (token: string, call?: ObservedCall) => Verdict {
  const { settings, signatures, jwks, verdicts, clock, describe } = verification
  const reader = createTokenReader(settings, signatures)

  const verifyAnew = (text: string, digest: string | undefined, call: ObservedCall | undefined): Verdict => {
    // Before the signature, since only a token of a known issuer is worth a request for keys.
    const token = reader.read(text, Math.floor(clock.now() / 1000))
    const accept = (key: PublishedKey): VerifiedAccessToken => {
      reader.remember(token)
      const verified = describe(token.claims)
      if (digest !== undefined) verdicts?.keep(digest, verified, key, clock.now())
      const { algorithm, kid: keyId } = token
      if (call) call.verdict = { kind: 'verify', issuer: verified.issuer, algorithm, keyId }
      return verified
    }
    const key = jwks.verify(token, call?.onEvent)
    return key instanceof Promise ? key.then(accept) : accept(key)
  }
  /** A token that may have been verified before: its times are checked again, and its key must still be published. */
  const recall = (text: string, digest: string, call: ObservedCall | undefined): Verdict => {
    const now = clock.now()
    const verified = verdicts?.find(digest, now)
    if (!verified) return verifyAnew(text, digest, call)
    const refreshing = jwks.refresh(call?.onEvent)
    if (refreshing) return refreshing.then(() => recall(text, digest, call))
    checkTimes(verified.claims, settings.clockToleranceSeconds, Math.floor(now / 1000))
    if (call) call.verdict = { kind: 'cache-hit', issuer: verified.issuer }
    return verified
  }
  return (text, call) => {
    if (!verdicts) return verifyAnew(text, undefined, call)
    const digest = signatures.digest(text)
    return typeof digest === 'string' ? recall(text, digest, call) : digest.then((known) => recall(text, known, call))
  }
}
