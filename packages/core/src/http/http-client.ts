import ky from 'ky'
import type { FetchFunction } from '../protocol/transport.ts'

/**
 * Makes a `fetch` for servers and agents that tries reading requests again: after a network fault, 429 or 5xx, twice, with
 * growing pauses or as `Retry-After` says. A request with effects, such as one to the token endpoint, is sent once.
 *
 * @param fetch - Sends the requests. Default: the global `fetch`.
 */
export function createHttpClient(fetch?: FetchFunction): FetchFunction {
  const client = ky.create({
    timeout: false,
    retry: { limit: 2, methods: ['get'], jitter: true, maxRetryAfter: 2000 },
    // A status that is still an error after the retries is an answer, which the protocol layer reads.
    throwHttpErrors: false,
    hooks: {
      afterResponse: [
        ({ request, response, retryCount }) =>
          request.method === 'GET' && (response.status === 429 || response.status > 499) && retryCount < 2
            ? ky.retry()
            : undefined,
      ],
    },
    ...(fetch ? { fetch: async (input) => sendRequest(fetch, new Request(input)) } : {}),
  })
  return (url, init) => client(url, init)
}

async function sendRequest(fetch: FetchFunction, request: Request): Promise<Response> {
  const { method, headers, redirect, signal } = request
  const body = method === 'GET' ? null : await request.arrayBuffer()
  return fetch(request.url, { method, headers, redirect, signal, body })
}
