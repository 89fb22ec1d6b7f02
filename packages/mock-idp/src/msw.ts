/** The mock as msw handlers, in Node and in the browser. */
import { HttpResponse, http, type RequestHandler } from 'msw'
import { descopeEndpoints } from './endpoints/endpoints.ts'
import { DroppedConnection } from './faults/dropped-connection.ts'
import { dropsCookies } from './http/cookie-channel.ts'
import type { MockIdp } from './mock-idp.ts'
import { standardEndpoints } from './standard/endpoints/endpoints.ts'

/**
 * Handlers that give every request for the origin of the mock to its `fetch`.
 *
 * A page's requests carry no cookies that a script could read, so in a browser they go through `idp.driver.fetch`: the
 * mock knows one browser, and a login of the driver is a session of the page. Where the mock shares the origin of the
 * page, only the paths of its endpoints are answered, hidden frames included, and never `/`; a login page still needs a
 * server or the driver, since the page that answers for the worker is gone once the browser has left it.
 *
 * @returns Handlers for `setupServer` or `setupWorker`.
 */
export function mockIdpHandlers(idp: MockIdp): RequestHandler[] {
  const answer = dropsCookies() ? idp.driver.fetch : idp.fetch
  const paths = globalThis.location?.origin === idp.origin ? ownPaths(idp) : ['/*']
  return paths.map((path) => http.all(`${idp.origin}${path}`, ({ request }) => answer(request).catch(dropped)))
}

function ownPaths({ issuer, origin, projectId }: MockIdp): readonly string[] {
  const endpoints = issuer === origin ? standardEndpoints : descopeEndpoints
  const paths = endpoints.flatMap((endpoint) => endpoint.paths).filter((path) => path !== '/')
  return paths.map((path) => path.replace(':projectId', projectId))
}

/** A dropped connection is a network error for the page, not an answer with a status. */
function dropped(error: unknown): Response {
  if (error instanceof DroppedConnection) return HttpResponse.error()
  throw error
}
