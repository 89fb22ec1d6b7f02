/** Builds the logout request (OpenID Connect RP-Initiated Logout 1.0 section 2). Sends nothing. */
import type { ServerMetadata } from '../metadata.ts'

/** Parameters of a logout request; undefined ones are left out. */
export interface EndSessionRequest {
  /** Id of the client. */
  readonly clientId: string
  /** The ID token of the session. */
  readonly idTokenHint?: string | undefined
  /** A registered URI to come back to. */
  readonly postLogoutRedirectUri?: string | undefined
  /** Comes back with the user when `postLogoutRedirectUri` is given. */
  readonly state?: string | undefined
}

/**
 * Builds the URL that ends the session at the provider.
 *
 * @returns The URL, or undefined when the provider has no such endpoint.
 */
export function buildEndSessionUrl(server: ServerMetadata, request: EndSessionRequest): URL | undefined {
  if (!server.end_session_endpoint) return undefined
  const url = new URL(server.end_session_endpoint)
  const parameters = {
    client_id: request.clientId,
    id_token_hint: request.idTokenHint,
    post_logout_redirect_uri: request.postLogoutRedirectUri,
    state: request.postLogoutRedirectUri && request.state,
  }
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value)
  return url
}
