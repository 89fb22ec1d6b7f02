/** The mock as msw handlers, in Node and in the browser. */
import { http, type RequestHandler } from 'msw'
import type { MockIdp } from './mock-idp.ts'

/**
 * Handlers that give every request for the origin of the mock to its `fetch`.
 *
 * In a browser a service worker sees no navigation to another origin, so use a server for the login page there.
 *
 * @returns Handlers for `setupServer` or `setupWorker`.
 */
export function mockIdpHandlers(idp: MockIdp): RequestHandler[] {
  return [http.all(`${idp.origin}/*`, ({ request }) => idp.fetch(request))]
}
