/** Reads an access token strictly, and judges all of it but the signature. */
import type { AccessTokenClaims } from '../claims.ts'
import { TokenVerificationError } from '../errors.ts'
import { type AccessTokenSettings, type CheckedHeader, checkClaims, checkHeader } from './access-token-checks.ts'
import type { SignedToken } from './jwks.ts'
import type { Signatures } from './signatures.ts'
import { parseStrictObject } from './strict-json.ts'

/** A token that is right in everything that was checked so far. */
export interface ReadToken extends SignedToken {
  /** Claims that must not be used before the signature has been checked; frozen to their depth. */
  readonly claims: AccessTokenClaims
  /** The header as it stands in the token. */
  readonly header: string
}

/** Reads tokens for one verifier. */
export interface TokenReader {
  /**
   * Reads a token.
   *
   * @param now - Seconds since the epoch.
   * @throws {TokenVerificationError} One `OIDC_TOKEN_...` code for each rule.
   */
  read(token: string, now: number): ReadToken
  /** Remembers a header, which other tokens of the issuer share. Only for a token whose signature has been checked. */
  remember(token: ReadToken): void
}

/** Headers that a reader remembers. An issuer has a few: one for each of its keys. */
const maxHeaders = 64

/** Makes the reader of one verifier. */
export function createTokenReader(settings: AccessTokenSettings, signatures: Signatures): TokenReader {
  const headers = new Map<string, CheckedHeader>()

  const readHeader = (part: string): CheckedHeader =>
    checkHeader(parseStrictObject(signatures.decodeText(part)) ?? malformed(), settings)

  return {
    read(token, now) {
      const headerEnd = token.indexOf('.')
      const inputEnd = token.indexOf('.', headerEnd + 1)
      const header = token.slice(0, headerEnd)
      const { algorithm, kid } = headers.get(header) ?? readHeader(header)
      // A third dot is no base64url.
      const signature = signatures.decodeBytes(token.slice(inputEnd + 1))
      if (!signature?.length || inputEnd <= headerEnd) malformed()
      const payload = signatures.decodeText(token.slice(headerEnd + 1, inputEnd))
      const claims = checkClaims(parseStrictObject(payload) ?? malformed(), settings, now)
      return { algorithm, kid, input: token.slice(0, inputEnd), signature, claims, header }
    },
    remember({ header, algorithm, kid }) {
      if (headers.has(header)) return
      if (headers.size >= maxHeaders) headers.clear()
      headers.set(header, { algorithm, kid })
    },
  }
}

/** Throws the error of a text that is no strict compact JWS. */
export function malformed(
  reason = 'is no signed JWT in its compact form. Opaque tokens need the option introspection',
): never {
  throw new TokenVerificationError('OIDC_TOKEN_MALFORMED', `The token ${reason}.`)
}
