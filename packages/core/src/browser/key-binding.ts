/** What binds the tokens of a client to a key: the shape of the option `dpop`, apart from what it takes to do so. */
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import type { SessionEvent } from '../session/events.ts'
import type { KeptTokens } from '../session/token-storage.ts'
import type { TokenSet } from '../tokens.ts'

/** What a binding needs of its client. */
export interface KeyBindingSurroundings {
  /** Carries issuer and client id, so that several clients live on one origin. */
  readonly name: string
  /** Time of the provider as far as it is known, in milliseconds since the epoch. */
  now(): number
  /** Sends requests. */
  readonly fetch: FetchFunction
  /** Told of tokens that are not bound. */
  onEvent(event: SessionEvent): void
}

/** The binding of one client. */
export interface KeyBinding {
  /** Sends a request with a proof; once more when the server wants its nonce in it first. */
  readonly fetch: FetchFunction
  /** Refuses or reports a token that is not bound. */
  readonly checkTokenType: (tokenType: TokenSet['tokenType']) => void
  /** Parameters that bind the code of an authorization request. */
  bindingParameters(): Promise<AuthorizationParameters>
  /** Kept tokens whose key is gone count as none. */
  guard(kept: KeptTokens): KeptTokens
  /** Forgets the key, so that the next login makes a new one. */
  forget(): void
}

/** Opens the binding of a client; made by `proofOfPossession()`. */
export type ProofOfPossession = (surroundings: KeyBindingSurroundings) => KeyBinding
