/** Client authentication at the token, revocation and introspection endpoints (RFC 6749 section 2.3). */
import { type ClientAuth, None } from 'oauth4webapi'
import { ConfigurationError } from '../errors.ts'

/** Proves the client in a request. Made by {@link clientSecretBasic} or {@link clientSecretPost}. */
export type ClientAuthentication = ClientAuth

/** A public client: the client id in the body, no secret. */
export const noClientAuthentication: ClientAuthentication = /* @__PURE__ */ None()

/**
 * Client id and secret in the Authorization header (`client_secret_basic`).
 *
 * @param secret - The client secret. For servers only.
 * @param encoding - `rfc6749` encodes both parts as form values first (RFC 6749 section 2.3.1); `raw` joins them as they
 *   are, which some providers expect. Default `rfc6749`.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty secret, as a variable of the environment that is not set.
 */
export function clientSecretBasic(secret: string, encoding: 'rfc6749' | 'raw' = 'rfc6749'): ClientAuthentication {
  requireSecret(secret)
  const encode = encoding === 'raw' ? (text: string) => text : formEncode
  return (_server, client, _body, headers) => {
    const bytes = new TextEncoder().encode(`${encode(client.client_id)}:${encode(secret)}`)
    headers.set('authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`)
  }
}

/**
 * Client id and secret in the body (`client_secret_post`).
 *
 * @param secret - The client secret. For servers only.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty secret.
 */
export function clientSecretPost(secret: string): ClientAuthentication {
  requireSecret(secret)
  return (_server, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_secret', secret)
  }
}

function requireSecret(secret: string): void {
  if (!secret || typeof secret !== 'string') {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      `The client secret must be a text, not ${secret === '' ? 'an empty one' : typeof secret}.`,
    )
  }
}

/** Form encoding, which leaves `A-Z a-z 0-9 - . _ *` as they are. */
function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
