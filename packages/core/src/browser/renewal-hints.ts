/**
 * Renews ahead of the next read, when the browser says that somebody is back. Timers are late in hidden tabs and stand
 * still while the machine sleeps, so nothing depends on these hints: a read renews by itself.
 */
import { isOidcError } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** A visible page looks at its token this often, in milliseconds, or up to twice as often. */
const longestWaitMs = 15_000

/**
 * Listens to the page.
 *
 * @returns A function that stops.
 */
export function renewOnHints(session: Session): () => void {
  const stop = new AbortController()
  const look = (event?: Event) => {
    const isNoticed = document.visibilityState === 'visible' && navigator.onLine
    if (!isNoticed || !session.isDue(event?.type === 'online')) return
    session.renew().catch((error) => {
      // The failure is in the state or was an event, so there is nobody else to tell.
      if (!isOidcError(error)) throw error
    })
  }
  for (const name of ['focus', 'online', 'pageshow']) addEventListener(name, look, stop)
  for (const name of ['visibilitychange', 'resume']) document.addEventListener(name, look, stop)
  // At moments of its own, so that pages that were opened together do not renew together.
  const timer = setInterval(look, longestWaitMs * (1 - Math.random() / 2))
  return () => {
    clearInterval(timer)
    stop.abort()
  }
}
