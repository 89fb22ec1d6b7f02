import { checkOptions } from '../options.ts'
import { pushAuthorization } from '../protocol/pushed-authorization.ts'
import type { PushedAuthorization } from './browser-client-options.ts'

/** When authorization requests are pushed. */
export interface PushedAuthorizationOptions {
  /** True pushes only where the metadata of the provider requires it. Default false: every request is pushed. */
  readonly onlyWhenRequired?: boolean
}

/**
 * Pushes authorization requests to the provider (RFC 9126), so that the URL shows neither scopes nor any other parameter,
 * and nobody can change one on the way. For the option `pushedAuthorization` of a browser client; `login` and the other
 * ways to sign in then also fail with `OIDC_PUSHED_REQUEST_REFUSED`, `OIDC_PUSHED_RESPONSE_INVALID`, and with
 * `OIDC_ENDPOINT_MISSING` where the provider takes no pushed requests.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function pushAuthorizationRequest(options: PushedAuthorizationOptions = {}): PushedAuthorization {
  checkOptions(options, { onlyWhenRequired: 'boolean' }, [])
  return async (server, client, url) =>
    options.onlyWhenRequired && !server.require_pushed_authorization_requests
      ? url
      : pushAuthorization(server, client, url, client)
}
