/** Pushed authorization requests (RFC 9126): the parameters go to the provider first, and the URL names them only. */
import { ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { requireEndpoint } from './discovery.ts'
import { postForm } from './form-request.ts'
import type { TransportOptions } from './transport.ts'

/**
 * Pushes an authorization request.
 *
 * @param request - Result of `buildAuthorizationUrl`.
 * @returns The URL to send the user to, with `client_id` and `request_uri` alone; a query that the authorization endpoint
 *   itself has is kept.
 * @throws {TokenEndpointError} `OIDC_PUSHED_REQUEST_REFUSED`.
 * @throws {ProtocolError} `OIDC_ENDPOINT_MISSING`, `OIDC_PUSHED_RESPONSE_INVALID`, `OIDC_RESPONSE_NOT_JSON`,
 *   `OIDC_STATUS_UNEXPECTED`, `OIDC_REDIRECT_REFUSED`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see RFC 9126 sections 2 and 4
 */
export async function pushAuthorization(
  server: ServerMetadata,
  client: Client,
  request: URL,
  transport: TransportOptions = {},
): Promise<URL> {
  const url = new URL(requireEndpoint(server, 'authorization_endpoint'))
  const body = new URLSearchParams(request.searchParams)
  for (const name of url.searchParams.keys()) body.delete(name)
  const endpoint = 'pushed_authorization_request_endpoint'
  const response = await postForm({ server, client, transport }, endpoint, 'authorization', body)
  const { request_uri: uri, expires_in: expiresIn } = (await response.json()) ?? {}
  if (!uri || typeof uri !== 'string' || !(Number.parseFloat(expiresIn) > 0)) {
    throw new ProtocolError(
      'OIDC_PUSHED_RESPONSE_INVALID',
      'The answer to a pushed request needs a request_uri and when it expires.',
      'authorization',
    )
  }
  url.searchParams.set('client_id', client.clientId)
  url.searchParams.set('request_uri', uri)
  return url
}
