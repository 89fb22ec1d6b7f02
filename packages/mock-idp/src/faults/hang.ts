/**
 * Waits until the caller gives up, or for `delayMs` of real time.
 *
 * @throws The abort reason of `signal`, as `fetch` does.
 */
export function waitFor(signal: AbortSignal, delayMs?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer =
      delayMs === undefined
        ? undefined
        : setTimeout(() => {
            signal.removeEventListener('abort', give)
            resolve()
          }, delayMs)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
}
