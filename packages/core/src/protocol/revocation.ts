/** Token revocation (RFC 7009). */
import { allowInsecureRequests, customFetch, revocationRequest } from 'oauth4webapi'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import { createEndpointTransport } from './endpoint-transport.ts'
import { mapErrors } from './map-error.ts'
import type { TransportOptions } from './transport.ts'

/**
 * Revokes a token. A token that the provider does not know counts as revoked.
 *
 * @param hint - Which kind of token it is, to help the provider find it.
 * @throws {TokenEndpointError} `OIDC_REVOCATION_FAILED` for any status but 200.
 * @throws {ProtocolError} `OIDC_ENDPOINT_MISSING`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see RFC 7009 section 2
 */
export async function revokeToken(
  server: ServerMetadata,
  client: Client,
  token: string,
  hint: 'access_token' | 'refresh_token',
  transport: TransportOptions = {},
): Promise<void> {
  // The transport lets only a status of success through, which is all that a revocation answers.
  await mapErrors('logout', 'OIDC_STATUS_UNEXPECTED', () =>
    revocationRequest(server, { client_id: client.clientId }, client.authentication ?? noClientAuthentication, token, {
      additionalParameters: { token_type_hint: hint },
      [customFetch]: createEndpointTransport(transport, 'logout'),
      [allowInsecureRequests]: true,
    }),
  )
}
