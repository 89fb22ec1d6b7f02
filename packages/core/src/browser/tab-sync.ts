/** Tells the other tabs of this origin about login, renewal and end of a session. Messages carry a word, never a token. */
import type { SignedOutReason } from '../session/session-state.ts'

/** What a tab says: it has new tokens, or its session is over. */
export type TabMessage = 'signed-in' | SignedOutReason

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
 * @param onMessage - Called for each known message of another tab.
 */
export function openTabSync(name: string, onMessage: (message: TabMessage) => void): TabSync {
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string' && /^(signed-(in|out)|expired|user-changed)$/.test(data)) onMessage(data as TabMessage)
  }
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}
