import type { ServerMetadata } from '../metadata.ts'
import type { SessionEvent } from '../session/events.ts'
import type { SessionTokens } from '../session/session.ts'
import type { SignedOutReason } from '../session/session-state.ts'
import type { KeptTokens } from '../session/token-storage.ts'
import type { KeyBinding } from './key-binding.ts'

/** What a login by redirect needs from the rest of the client. */
export interface LoginSurroundings {
  /** Start of every name that this client gives to keys, locks and channels. */
  readonly name: string
  /** What binds the tokens to a key. */
  readonly binding: KeyBinding | undefined
  /** Finds the metadata of the provider. */
  loadMetadata(): Promise<ServerMetadata>
  /** Gets tokens for a session that has no refresh token. */
  requestTokens(current: SessionTokens): Promise<SessionTokens>
  /** Signs in without the user when that is possible; tells why nobody is signed in otherwise. */
  restore(returnTo?: string): Promise<SignedOutReason>
  /** Where tokens outlive the page. */
  readonly kept: KeptTokens | undefined
  /** Told of what happens to the session. */
  readonly onEvent: (event: SessionEvent) => void
  /** Called after a login, and before the end of the session in this tab with its reason. */
  onChange(reason?: SignedOutReason): void
  /** Called by the first start; the returned function by the last stop. */
  onStart(): () => void
}
