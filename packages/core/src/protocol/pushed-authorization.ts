/** Pushed authorization requests (RFC 9126): the parameters go to the provider first, and the URL names them only. */
import {
  allowInsecureRequests,
  customFetch,
  processPushedAuthorizationResponse,
  pushedAuthorizationRequest,
} from 'oauth4webapi'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import { requireEndpoint } from './discovery.ts'
import { createEndpointTransport } from './endpoint-transport.ts'
import { mapErrors } from './map-error.ts'
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
  const known = { client_id: client.clientId }
  const answer = await mapErrors('authorization', 'OIDC_PUSHED_RESPONSE_INVALID', async () =>
    processPushedAuthorizationResponse(
      server,
      known,
      await pushedAuthorizationRequest(server, known, client.authentication ?? noClientAuthentication, body, {
        [customFetch]: createEndpointTransport(transport, 'authorization'),
        [allowInsecureRequests]: true,
      }),
    ),
  )
  url.searchParams.set('client_id', client.clientId)
  url.searchParams.set('request_uri', answer.request_uri)
  return url
}
