import { FlowError } from '../flow-error.ts'

/**
 * Joins the base URL of a connector and an endpoint, with one slash between (IDP-SPEC 4.5).
 *
 * @param query - Parameters that are appended to the endpoint's own.
 * @throws {FlowError} `ConnectorEndpoint` when the endpoint has a scheme or a host, or leaves the base path.
 */
export function connectorUrl(baseUrl: string, endpoint: string, query: Readonly<Record<string, string>>): URL {
  const refuse = (why: string): FlowError => new FlowError('ConnectorEndpoint', `the endpoint ${why}`)
  if (!isRelativeEndpoint(endpoint)) throw refuse('must be the rest of the URL, without scheme and host')
  const base = new URL(baseUrl)
  const basePath = base.pathname.replace(/\/+$/, '')
  const rest = endpoint.replace(/^\/+/, '')
  const separator = rest === '' || rest.startsWith('?') ? '' : '/'
  const url = new URL(`${base.origin}${basePath}${separator}${rest}`)
  url.hash = ''
  const inside = url.pathname === basePath || url.pathname.startsWith(`${basePath}/`)
  if (url.origin !== base.origin || !inside) throw refuse('leaves the base URL of the connector')
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
  return url
}

/** True for the rest of a URL: no scheme, no `//` at the start, no backslash. */
export function isRelativeEndpoint(endpoint: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:|^\/\/|\\|[\s]/i.test(endpoint)
}
