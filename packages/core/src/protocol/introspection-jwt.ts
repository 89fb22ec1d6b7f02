/**
 * Token introspection with signed answers (RFC 9701): asks for a JWT, takes nothing else, and checks text, algorithm, type,
 * claims, then the signature. What the answer says of the token is for the caller to judge.
 */
import { allowInsecureRequests, customFetch, introspectionRequest } from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import type { IntrospectionResponse } from './introspection.ts'
import { type JwsObject, readJwsText } from './jws-text.ts'
import { mapErrors } from './map-error.ts'
import { createTransport, type FetchFunction, type TransportOptions } from './transport.ts'

/** What a signed answer has to agree with. */
export interface SignedAnswerExpectation {
  readonly issuer: string
  readonly algorithms: readonly string[]
  readonly clockToleranceSeconds: number
  /** The time, in seconds since the epoch. */
  readonly now: () => number
}

/** Longest answer read, in characters. */
const maxLength = 65_536

/**
 * Asks the provider about a token, for an answer that it has signed.
 *
 * @param client - Who asks, and the audience of the answer.
 * @param verifySignature - Verifies the signature with the keys of the issuer; called last, so that junk costs no key.
 * @returns The member `token_introspection`.
 * @throws {ProtocolError} `OIDC_INTROSPECTION_INVALID`, `OIDC_ENDPOINT_MISSING`, `OIDC_STATUS_UNEXPECTED`,
 *   `OIDC_RESPONSE_TOO_LARGE`, `OIDC_REDIRECT_REFUSED`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @throws What `verifySignature` throws.
 * @see RFC 9701 sections 4 and 5
 */
export async function introspectTokenSigned(
  server: ServerMetadata,
  client: Client,
  token: string,
  transport: TransportOptions,
  expected: SignedAnswerExpectation,
  verifySignature: (jwt: string, header: JwsObject) => Promise<void>,
): Promise<IntrospectionResponse> {
  const { clientId, authentication = noClientAuthentication } = client
  const askedAt = expected.now()
  return mapErrors('api', 'OIDC_INTROSPECTION_INVALID', async () => {
    const response = await introspectionRequest(server, { client_id: clientId }, authentication, token, {
      additionalParameters: { token_type_hint: 'access_token' },
      requestJwtResponse: true,
      [customFetch]: createTransport({ ...transport, fetch: asJsonText(transport.fetch) }, 'api'),
      [allowInsecureRequests]: true,
    })
    const jwt: string = await response.json()
    let header: JwsObject = {}
    const claims = readJwsText(
      jwt,
      maxLength,
      () => refuse('it is too long or breaks the compact form'),
      (found) => {
        checkHeader(found, expected.algorithms)
        header = found
      },
    )
    const content = checkClaims(claims, clientId, askedAt, expected)
    await verifySignature(jwt, header)
    return content
  })
}

/** Hands a JWT to the transport, which reads JSON alone, as a JSON text; refuses what is none. */
function asJsonText(fetch: FetchFunction = (url, init) => globalThis.fetch(url, init)): FetchFunction {
  const quote = new TextEncoder().encode('"')
  return async (url, init) => {
    const response = await fetch(url, init)
    const { status, headers, body } = response
    if (status !== 200) return response
    const type = headers.get('content-type') ?? ''
    if (!body || !/^application\/token-introspection\+jwt\s*(;|$)/i.test(type)) refuse('expected a JWT (RFC 9701)')
    const quoted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(quote),
      flush: (controller) => controller.enqueue(quote),
    })
    return new Response(body.pipeThrough(quoted), { status, headers: { 'content-type': 'application/json' } })
  }
}

function checkHeader({ alg, typ, kid, crit, b64 }: JwsObject, algorithms: readonly string[]): void {
  if (!algorithms.includes(alg as string) || crit !== undefined || b64 !== undefined) {
    refuse(`expected alg ${algorithms.join(' or ')} and no critical extension`)
  }
  if (!/^(application\/)?token-introspection\+jwt$/i.test(`${typ}`)) refuse('expected typ token-introspection+jwt')
  if (kid !== undefined && typeof kid !== 'string') refuse('its kid is no text')
}

function checkClaims(
  claims: JwsObject,
  clientId: string,
  askedAt: number,
  { issuer, clockToleranceSeconds: tolerance, now }: SignedAnswerExpectation,
): IntrospectionResponse {
  const { iss, aud, iat, token_introspection: content } = claims
  const rules: readonly (readonly [boolean, string])[] = [
    [iss === issuer, `expected iss ${issuer}`],
    [[aud].flat().includes(clientId), `expected aud ${clientId}`],
    [
      typeof iat === 'number' && iat >= askedAt - tolerance && iat <= now() + tolerance,
      'expected an iat after the question, and no later than now',
    ],
    // Section 5: with these it could pass for an access token.
    [!('sub' in claims || 'exp' in claims), 'sub and exp belong into token_introspection'],
    [
      typeof content === 'object' && typeof (content as JwsObject | null)?.active === 'boolean',
      'expected token_introspection with a boolean active',
    ],
  ]
  for (const [holds, detail] of rules) if (!holds) refuse(detail)
  return content as IntrospectionResponse
}

function refuse(detail: string): never {
  throw new ProtocolError('OIDC_INTROSPECTION_INVALID', `The answer of introspection was refused: ${detail}.`, 'api')
}
