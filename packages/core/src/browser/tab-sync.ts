/** Tells the other tabs of this origin about login and logout. Messages carry a word, never a token. */

/** What a tab says. */
export type TabMessage = 'signed-in' | 'signed-out'

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
    if (data === 'signed-in' || data === 'signed-out') onMessage(data)
  }
  return {
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}
