import type { BrowserClient, SessionState } from '@countersign/core/browser'
import { type InjectionKey, inject, type Plugin, type ShallowRef, shallowRef } from 'vue'

/** What an app shares with its components: the client, and its state as one ref. */
export interface Binding {
  readonly client: BrowserClient
  readonly session: Readonly<ShallowRef<SessionState>>
}

const bindingKey: InjectionKey<Binding> = Symbol('countersign')

/**
 * Creates the plugin that gives a client to an app and starts it: a response in the address bar is taken, a session restored.
 *
 * The client stops listening to other tabs when the app is unmounted. On a server nothing is started, and the state stays
 * `pending`. What goes wrong is in the state of `useSession`.
 *
 * @param client - The client of `createBrowserClient`.
 */
export function createCountersign(client: BrowserClient): Plugin {
  return {
    install(app) {
      const session = shallowRef(client.getSnapshot())
      app.provide(bindingKey, { client, session })
      if (typeof window === 'undefined') return
      const unsubscribe = client.subscribe(() => {
        session.value = client.getSnapshot()
      })
      const stop = client.start()
      app.onUnmount(() => {
        unsubscribe()
        stop()
      })
    },
  }
}

/**
 * Finds what {@link createCountersign} provided.
 *
 * @throws {Error} Outside of setup functions, and in an app without the plugin.
 */
export function useBinding(): Binding {
  const binding = inject(bindingKey, undefined)
  if (!binding) throw new Error('Missing: app.use(createCountersign(client))')
  return binding
}
