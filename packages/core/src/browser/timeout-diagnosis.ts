/** What a page can find out about a sign-in that got no answer. It can not read the headers or pages of another origin. */

/**
 * Tells whether a server answers at all, within what is left of a deadline.
 *
 * @param delayMs - When to ask, in milliseconds: a provider that is merely slow is not asked.
 * @returns A function that gives the finding so far, and stops.
 */
export function probe(url: string, delayMs: number): () => boolean {
  let answers = false
  const stop = new AbortController()
  const timer = setTimeout(async () => {
    // Without CORS any answer counts, also one that the page may not read.
    answers = await fetch(url, { mode: 'no-cors', signal: stop.signal }).then(
      () => true,
      () => false,
    )
  }, delayMs)
  return () => {
    clearTimeout(timer)
    stop.abort()
    return answers
  }
}

/**
 * The page of a frame or window.
 *
 * @returns Its URL when it is of this origin; `undefined` at another origin.
 */
export function pageOf(view: Window | null): string | undefined {
  try {
    return view?.location.href
  } catch {
    return undefined
  }
}

/** Why no page of the provider came up. */
export function notLoaded({ origin }: URL, isReachable: boolean): string {
  return isReachable
    ? `${origin} can be reached, but its authorization endpoint does not answer.`
    : `${origin} does not answer: it is down, this machine is offline, or connect-src of the page does not list it.`
}

/** Why a response came back to this origin and was not handed over. */
export function notHandedOver(page: string): string {
  return `The provider answered, but ${page.split(/[?#]/)[0]} did not hand the answer over: it has to call client.start() of this client.`
}
