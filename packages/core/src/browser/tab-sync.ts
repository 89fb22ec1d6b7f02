/**
 * Tells the other tabs of this origin about login, renewal and end of a session. Messages carry a word, never a token; an
 * end may name the session at the provider that it is about (`sid`), after a space.
 */
import type { SignedOutReason } from '../session/session-state.ts'

/** What a tab says: it has new tokens, or its session is over. */
export type TabMessage = 'signed-in' | SignedOutReason

/** Tells whether a text says why a session ended; anything may be on a channel or in a storage. */
export function isReason(text: unknown): text is SignedOutReason {
  return /^(signed-out|expired|user-changed|(idle|absolute)-timeout)$/.test(`${text}`)
}

/** A channel between the tabs of one client. */
export interface TabSync {
  /** Tells the other tabs. */
  post(message: TabMessage): void
  /** Stops listening. */
  close(): void
}

/**
 * Opens the channel.
 *
 * @param name - Carries issuer and client id, so that several clients live on one origin.
 * @param onMessage - Called for each known message of another tab, with the session at the provider when it names one.
 */
export function openTabSync(name: string, onMessage: (message: TabMessage, sid?: string) => void): TabSync {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => {
    const [, word, sid] = (typeof data === 'string' && /^(\S+)(?: (.+))?$/.exec(data)) || []
    if (word === 'signed-in' || isReason(word)) onMessage(word, sid)
  }
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}
