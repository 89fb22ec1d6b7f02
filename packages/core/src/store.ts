/** A value that changes, as user interfaces like to read it. */
export interface Store<State> {
  /** The current value: the same object until something changed. */
  getSnapshot(): State
  /** Replaces the value and tells the listeners, unless it is the same object. */
  set(state: State): void
  /**
   * Calls a function after each change.
   *
   * @param listener - Called without argument; one that throws does not keep the others from being called.
   * @returns A function that ends the subscription.
   */
  subscribe(listener: () => void): () => void
}

/**
 * Creates a store.
 *
 * @param initial - The first value.
 */
export function createStore<State>(initial: State): Store<State> {
  const listeners = new Set<() => void>()
  let current = initial
  return {
    getSnapshot: () => current,
    set(state) {
      if (state === current) return
      current = state
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch (error) {
          // A broken listener is the app's to see, as an uncaught error, without breaking the others.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    subscribe(listener) {
      // A wrapper, so that the same function can be subscribed twice.
      const entry = () => listener()
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
}
