/** Token introspection (RFC 7662): what the provider says of a token now. Checks the form of the answer and nothing else. */
import { allowInsecureRequests, customFetch, introspectionRequest, processIntrospectionResponse } from 'oauth4webapi'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import { mapErrors } from './map-error.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** What the provider says of a token (RFC 7662 section 2.2). Members beside `active` are not checked. */
export interface IntrospectionResponse {
  /** Whether the token is good now, in the eyes of the provider. */
  readonly active: boolean
  /** Any other member, such as `scope`, `sub`, `aud`, `iss`, `exp` and `cnf`. */
  readonly [member: string]: unknown
}

/**
 * Asks the provider about a token.
 *
 * @param client - Who asks; most providers want a client that can authenticate.
 * @param token - An access token.
 * @returns The answer as it came. A token that is not active may be expired, revoked, unknown, or not for this client to know.
 * @throws {ProtocolError} `OIDC_INTROSPECTION_INVALID`, `OIDC_ENDPOINT_MISSING`, `OIDC_STATUS_UNEXPECTED`,
 *   `OIDC_RESPONSE_NOT_JSON`, `OIDC_RESPONSE_TOO_LARGE`, `OIDC_REDIRECT_REFUSED`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see RFC 7662 section 2
 */
export async function introspectToken(
  server: ServerMetadata,
  client: Client,
  token: string,
  transport: TransportOptions = {},
): Promise<IntrospectionResponse> {
  const { clientId, authentication = noClientAuthentication } = client
  const asking = { client_id: clientId }
  return mapErrors('api', 'OIDC_INTROSPECTION_INVALID', async () => {
    const response = await introspectionRequest(server, asking, authentication, token, {
      additionalParameters: { token_type_hint: 'access_token' },
      [customFetch]: createTransport(transport, 'api'),
      [allowInsecureRequests]: true,
    })
    // Refuses everything but an object whose "active" is a boolean.
    return processIntrospectionResponse(server, asking, response)
  })
}
