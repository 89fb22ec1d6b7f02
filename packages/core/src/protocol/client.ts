/** What this software is to the provider: the registered client, and how strictly it reads answers. */
import type { TokenSet } from '../tokens.ts'
import type { ClientAuthentication } from './client-auth.ts'

/** Signature algorithms of ID and access tokens. Symmetric ones and `none` do not exist here. */
export type SignatureAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** A client as it is registered at the provider. */
export interface Client {
  /** Id of the client at the provider. */
  readonly clientId: string
  /** The one algorithm of ID tokens. Default RS256; never taken from metadata or from the token. */
  readonly idTokenSignedResponseAlg?: SignatureAlgorithm
  /** Audiences that an ID token may name beside the client id. Default none. */
  readonly trustedAudiences?: readonly string[]
  /** Whether an ID token needs a `kid`. Default false: without one the only fitting key is used. */
  readonly requireKid?: boolean
  /** Allowed clock difference, in seconds. Default 30, at most 300. */
  readonly clockToleranceSeconds?: number
  /** Refuses a token type by throwing. Default: everything but Bearer is refused. */
  readonly checkTokenType?: (tokenType: TokenSet['tokenType']) => void
  /** How the client proves itself at the token endpoint. Default: as a public client. */
  readonly authentication?: ClientAuthentication
}
