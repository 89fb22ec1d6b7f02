/** Userinfo request (OpenID Connect Core 1.0 section 5.3). The access token travels in the Authorization header only. */
import {
  allowInsecureRequests,
  customFetch,
  processUserInfoResponse,
  skipSubjectCheck,
  userInfoRequest,
} from 'oauth4webapi'
import type { UserInfo } from '../claims.ts'
import { ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { createEndpointTransport } from './endpoint-transport.ts'
import { mapErrors } from './map-error.ts'
import type { TransportOptions } from './transport.ts'

/**
 * Asks the provider about the user.
 *
 * @param expectedSubject - `sub` of the ID token; an answer about anyone else is discarded.
 * @returns The claims as the provider sent them.
 * @throws {TokenEndpointError} `OIDC_USERINFO_REFUSED` when the access token is not accepted.
 * @throws {ProtocolError} `OIDC_USERINFO_SUB_MISMATCH`, `OIDC_USERINFO_INVALID`, `OIDC_RESPONSE_NOT_JSON`, `OIDC_ENDPOINT_MISSING`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see OpenID Connect Core 1.0 section 5.3.2
 */
export async function fetchUserInfo(
  server: ServerMetadata,
  clientId: string,
  accessToken: string,
  expectedSubject: string,
  transport: TransportOptions = {},
): Promise<UserInfo> {
  return mapErrors('userinfo', 'OIDC_USERINFO_INVALID', async () => {
    const client = { client_id: clientId }
    const response = await userInfoRequest(server, client, accessToken, {
      [customFetch]: createEndpointTransport(transport, 'userinfo'),
      [allowInsecureRequests]: true,
    })
    const userInfo = await processUserInfoResponse(server, client, skipSubjectCheck, response)
    if (userInfo.sub !== expectedSubject) {
      throw new ProtocolError('OIDC_USERINFO_SUB_MISMATCH', 'Userinfo is about another user.', 'userinfo')
    }
    return userInfo as UserInfo
  })
}
