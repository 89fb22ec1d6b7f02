/** Loads and checks provider metadata (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). Keeps nothing. */
import { allowInsecureRequests, customFetch, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'
import { NetworkError, ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { isSecureUrl } from '../options.ts'
import { createTransport, type TransportOptions } from './transport.ts'

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
  'revocation_endpoint',
] as const

/**
 * Loads the discovery document of an issuer.
 *
 * @param issuer - Issuer identifier, without trailing slash unless the provider has one; compared as raw text.
 * @returns Metadata whose issuer is the given one and whose endpoints are https URLs (http on loopback).
 * @throws {ProtocolError} `OIDC_DISCOVERY_ISSUER_MISMATCH`, `OIDC_DISCOVERY_INVALID`, `OIDC_RESPONSE_NOT_JSON`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see OpenID Connect Discovery 1.0 section 4.3
 */
export async function discover(issuer: string, options: TransportOptions = {}): Promise<ServerMetadata> {
  const url = new URL(issuer)
  const response = await discoveryRequest(url, {
    [customFetch]: createTransport(options, 'discovery'),
    [allowInsecureRequests]: true,
  })
  const { status } = response
  if (status === 429 || status > 499) {
    throw new NetworkError('OIDC_NETWORK_ERROR', `The discovery document of ${issuer} answered ${status}.`, 'discovery')
  }
  let metadata: ServerMetadata
  try {
    metadata = (await processDiscoveryResponse(url, response.clone())) as ServerMetadata
  } catch {
    const found = await response.json().catch(() => {
      throw new ProtocolError('OIDC_RESPONSE_NOT_JSON', `The discovery document of ${issuer} is not JSON.`, 'discovery')
    })
    if (status === 200 && typeof found?.issuer === 'string') throw issuerMismatch(issuer, found.issuer)
    throw new ProtocolError(
      'OIDC_DISCOVERY_INVALID',
      `Expected metadata with an issuer at ${issuer}/.well-known/openid-configuration, received status ${status}.`,
      'discovery',
    )
  }
  if (metadata.issuer !== issuer) throw issuerMismatch(issuer, metadata.issuer)
  checkMetadata(metadata)
  return metadata
}

/**
 * Checks that the endpoints of metadata are URLs that may carry tokens.
 *
 * @throws {ProtocolError} `OIDC_DISCOVERY_INVALID`, naming the member.
 */
export function checkMetadata(metadata: ServerMetadata): void {
  for (const name of endpoints) {
    const value = metadata[name]
    // A remote provider has no business on a loopback host, so http is only for providers that are on one themselves.
    if (value !== undefined && (!isSecureUrl(value) || (/^https/i.test(metadata.issuer) && !/^https/i.test(value)))) {
      throw new ProtocolError(
        'OIDC_DISCOVERY_INVALID',
        `The metadata of ${metadata.issuer} has a ${name} that is not an https URL.`,
        'discovery',
      )
    }
  }
}

/**
 * The endpoint of a provider, for a step that can not go on without it.
 *
 * @throws {ProtocolError} `OIDC_ENDPOINT_MISSING`.
 */
export function requireEndpoint(server: ServerMetadata, name: (typeof endpoints)[number]): string {
  const endpoint = server[name]
  if (!endpoint) throw new ProtocolError('OIDC_ENDPOINT_MISSING', `${server.issuer} has no ${name}.`, 'discovery')
  return endpoint
}

function issuerMismatch(expected: string, found: string): ProtocolError {
  return new ProtocolError(
    'OIDC_DISCOVERY_ISSUER_MISMATCH',
    `Expected the issuer ${expected}, the discovery document names ${found}. Configure the issuer exactly as the provider spells it.`,
    'discovery',
  )
}
