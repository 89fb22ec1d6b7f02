import type { TransportOptions } from './transport.ts'

/**
 * Lets requests end at their deadline, also when the `fetch` of an app does not pass the signal on: every later call would wait
 * for one that hangs.
 *
 * @param transport - How requests are sent.
 */
export function endOnTime(transport: TransportOptions): TransportOptions {
  const { fetch } = transport
  if (!fetch) return transport
  return { ...transport, fetch: (url, init) => Promise.race([fetch(url, init), whenAborted(init.signal)]) }
}

function whenAborted(signal: RequestInit['signal']): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
