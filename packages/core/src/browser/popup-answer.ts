/** The page of a popup window whose login was started by another page of this origin. */

/** Name of the channel on which one popup answers; its state is unguessable. */
export function popupChannel(name: string, state: string): string {
  return `${name} popup ${state}`
}

/**
 * Hands the response to the page that opened this window, and closes the window.
 *
 * The response holds a code that only the opener has the verifier for. Where the provider has cut the tie between the
 * windows (Cross-Origin-Opener-Policy) the channel still works, and closing is the best the page can do.
 *
 * @returns Never: this window has nothing else to do.
 */
export function answerOpener(name: string, state: string, url: URL): Promise<never> {
  const channel = new BroadcastChannel(popupChannel(name, state))
  channel.postMessage(url.href)
  // Should the window stay, nothing that it shows later gets at the page that opened it.
  window.opener = null
  window.close()
  return new Promise(() => {})
}
