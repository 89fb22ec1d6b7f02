import ky, { isNetworkError } from 'ky'
import type { FetchFunction } from '../protocol/transport.ts'

/** A longer wait is the caller's to decide about. */
const longestPauseMs = 2000

/**
 * Makes a `fetch` for servers and agents that tries reading requests again: after a network fault, 429 or 5xx, twice, with
 * growing pauses or as `Retry-After` says, unless that is more than two seconds. A request with effects, such as one to the token endpoint, is sent once.
 *
 * @param fetch - Sends the requests. Default: the global `fetch`.
 */
export function createHttpClient(fetch?: FetchFunction): FetchFunction {
  const client = ky.create({
    timeout: false,
    retry: { limit: 2, methods: ['get'], jitter: true },
    // A status that is still an error after the retries is an answer, which the protocol layer reads.
    throwHttpErrors: false,
    hooks: {
      afterResponse: [
        ({ request, response, retryCount }) => {
          const { status, headers } = response
          if (request.method !== 'GET' || retryCount > 1 || !(status === 429 || status > 499)) return undefined
          const delay = retryAfterMs(headers)
          if (delay === undefined) return ky.retry()
          return delay > longestPauseMs ? undefined : ky.retry({ delay })
        },
      ],
    },
  })
  return async (url, init) => {
    const sender = fetch && { fetch: async (input: RequestInfo | URL) => sendRequest(fetch, new Request(input), init) }
    try {
      return await client(url, { ...init, ...sender })
    } catch (error) {
      // The error of ky holds the request, and so the secret in its headers; what it wraps does not.
      throw isNetworkError(error) ? error.cause : error
    }
  }
}

/**
 * Sends what a request says, under the signal of the call itself: the one of the request follows it by a weak reference, and
 * says nothing any more once the request has gone with the garbage, so that a deadline would pass unheard.
 */
async function sendRequest(fetch: FetchFunction, request: Request, { signal = null }: RequestInit): Promise<Response> {
  const { method, headers, redirect } = request
  const body = method === 'GET' ? null : await request.arrayBuffer()
  return fetch(request.url, { method, headers, redirect, signal, body })
}

/** The wait that an answer asks for (RFC 9110 section 10.2.3); undefined when it asks for none that can be understood. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after') ?? ''
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
