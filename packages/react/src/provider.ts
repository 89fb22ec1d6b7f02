import type { BrowserClient } from '@countersign/core/browser'
import { createElement, type ReactNode, useEffect, useRef } from 'react'
import { ClientContext } from './context.ts'

/** Props of {@link CountersignProvider}. */
export interface CountersignProviderProps {
  /** The client of `createBrowserClient`. Create it once, outside of components. */
  readonly client: BrowserClient
  /**
   * Called once after a login came back to this page, with the path the user wanted. The address bar already shows it, but
   * a router that was created before does not know: hand it over, such as `(path) => router.navigate(path, { replace: true })`.
   * Default: nothing is called.
   */
  readonly onReturn?: ((returnTo: string) => void) | undefined
  /** The tree that uses the client. */
  readonly children?: ReactNode
}

/**
 * Gives a client to the tree below, and starts it when mounted: a response in the address bar is taken, a session restored.
 *
 * The client stops listening to other tabs when unmounted. Mounting again causes no request, and under StrictMode a code
 * is exchanged once. What goes wrong is in the state of {@link useSession}.
 */
export function CountersignProvider({ client, onReturn, children }: CountersignProviderProps): ReactNode {
  const latestOnReturn = useRef(onReturn)
  useEffect(() => {
    latestOnReturn.current = onReturn
  })
  useEffect(() => {
    let mounted = true
    const isCallback = client.isCallback()
    const stop = client.start()
    if (isCallback) {
      // start() has taken the response: this is the same exchange, and its failure is in the state.
      client.handleCallback().then(
        ({ returnTo }) => mounted && latestOnReturn.current?.(returnTo),
        () => {},
      )
    }
    return () => {
      mounted = false
      stop()
    }
  }, [client])
  return createElement(ClientContext.Provider, { value: client }, children)
}
