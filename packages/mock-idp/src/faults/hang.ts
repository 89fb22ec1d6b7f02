/**
 * Requests that wait. The signal of a request follows that of its caller by a weak reference: a request which nobody holds
 * goes with the garbage, and would then wait for ever.
 */
const waiting = new Set<Request>()

/**
 * Waits until the caller of a request gives up, or for `delayMs` of real time.
 *
 * @throws The abort reason of its signal, as `fetch` does.
 */
export async function waitFor(request: Request, delayMs?: number): Promise<void> {
  const { signal } = request
  waiting.add(request)
  try {
    await new Promise<void>((resolve, reject) => {
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
  } finally {
    waiting.delete(request)
  }
}
