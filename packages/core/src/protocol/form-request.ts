/** Forms that a client sends to its provider, with its authentication (RFC 6749 section 2.3 and appendix B). */
import type { ErrorPhase } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import { type Endpoint, requireEndpoint } from './discovery.ts'
import { createTransport, type TransportOptions } from './transport.ts'

/** Who asks whom, and how. */
export interface FormRequestContext {
  readonly server: ServerMetadata
  readonly client: Client
  readonly transport: TransportOptions
}

/**
 * Posts a form to an endpoint of the provider.
 *
 * @param phase - The step that errors are reported under.
 * @param form - The parameters, without those of the client authentication.
 * @throws As `createTransport`; {ProtocolError} `OIDC_ENDPOINT_MISSING`.
 */
export async function postForm(
  { server, client, transport }: FormRequestContext,
  endpoint: Endpoint,
  phase: ErrorPhase,
  form: URLSearchParams | Readonly<Record<string, string>>,
): Promise<Response> {
  const url = requireEndpoint(server, endpoint, phase)
  const body = new URLSearchParams(form)
  const headers = new Headers({
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
  })
  const authenticate = client.authentication ?? noClientAuthentication
  await authenticate(server, { client_id: client.clientId }, body, headers)
  return createTransport(transport, phase)(url, { method: 'POST', body, headers: Object.fromEntries(headers) })
}
