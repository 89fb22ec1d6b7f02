/** Loads and checks provider metadata (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). Keeps nothing. */
import { ConfigurationError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { isSecureUrl } from '../options.ts'
import { createTransport, type TransportOptions } from './transport.ts'

const wellKnownPath = '/.well-known/openid-configuration'

/**
 * The issuer that a discovery URL belongs to, for settings that hold that URL instead of the issuer.
 *
 * @param discoveryUrl - URL that ends in `/.well-known/openid-configuration`.
 * @returns The text in front of that path. A provider whose issuer ends in a slash needs its issuer spelled out: the URL is
 *   the same for both, and issuers are compared as raw text.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for any other text.
 * @see OpenID Connect Discovery 1.0 section 4
 */
export function issuerFromDiscoveryUrl(discoveryUrl: string): string {
  const issuer = discoveryUrl?.endsWith?.(wellKnownPath) ? discoveryUrl.slice(0, -wellKnownPath.length) : ''
  if (isSecureUrl(issuer) && !/[?#]/.test(issuer)) return issuer
  throw new ConfigurationError('OIDC_OPTION_INVALID', `A discovery URL is an https URL that ends in ${wellKnownPath}.`)
}

/**
 * Loads the discovery document of an issuer.
 *
 * @param issuer - Issuer identifier, without trailing slash unless the provider has one; compared as raw text.
 * @returns Metadata whose issuer is the given one and whose endpoints are https URLs (http on loopback).
 * @throws {ProtocolError} `OIDC_DISCOVERY_ISSUER_MISMATCH`, `OIDC_DISCOVERY_INVALID`, `OIDC_RESPONSE_NOT_JSON`,
 *   `OIDC_STATUS_UNEXPECTED`, `OIDC_REDIRECT_REFUSED`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see OpenID Connect Discovery 1.0 section 4.3
 */
export async function discover(issuer: string, options: TransportOptions = {}): Promise<ServerMetadata> {
  const url = `${issuer.replace(/\/$/, '')}${wellKnownPath}`
  const response = await createTransport(options, 'discovery')(url, { headers: { accept: 'application/json' } })
  const metadata: ServerMetadata | null = await response.json()
  if (typeof metadata?.issuer !== 'string') {
    throw new ProtocolError('OIDC_DISCOVERY_INVALID', `${url} names no issuer.`, 'discovery')
  }
  return checkMetadata(metadata, issuer)
}

/**
 * Checks that metadata is of the expected issuer, and that its endpoints are URLs that may carry tokens.
 *
 * @returns The metadata.
 * @throws {ProtocolError} `OIDC_DISCOVERY_ISSUER_MISMATCH`; `OIDC_DISCOVERY_INVALID`, naming the member.
 */
export function checkMetadata(metadata: ServerMetadata, issuer: string): ServerMetadata {
  if (metadata.issuer !== issuer) {
    throw new ProtocolError(
      'OIDC_DISCOVERY_ISSUER_MISMATCH',
      `Expected issuer ${issuer}, found ${metadata.issuer}.`,
      'discovery',
    )
  }
  for (const [name, value] of Object.entries(metadata)) {
    // A remote provider has no business on a loopback host, so http is only for providers that are on one themselves.
    const secure = isSecureUrl(value) && (/^http:/.test(issuer) || /^https:/.test(String(value)))
    // RFC 6749 section 3.1: no fragment.
    if (/(_endpoint|^jwks_uri)$/.test(name) && (!secure || /#/.test(`${value}`))) {
      throw new ProtocolError('OIDC_DISCOVERY_INVALID', `${name} is not an https URL.`, 'discovery')
    }
  }
  return metadata
}

/**
 * The endpoint of a provider, for a step that can not go on without it.
 *
 * @throws {ProtocolError} `OIDC_ENDPOINT_MISSING`.
 */
export function requireEndpoint(server: ServerMetadata, name: 'authorization_endpoint' | 'jwks_uri'): string {
  const endpoint = server[name]
  if (!endpoint) throw new ProtocolError('OIDC_ENDPOINT_MISSING', `${server.issuer} has no ${name}.`, 'discovery')
  return endpoint
}
