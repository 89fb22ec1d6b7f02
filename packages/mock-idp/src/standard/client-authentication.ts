/**
 * Whether a client is who it says it is (RFC 6749 section 2.3, RFC 7523 section 3, OpenID Connect Core 9). A client
 * uses the one method that it is registered for.
 */
import type { JSONWebKeySet } from 'jose'
import { decodeJwt } from 'jose/jwt/decode'
import { equalInConstantTime } from '../grants/pkce.ts'
import { basicCredentials, invalidClient } from '../http/credentials.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Parameters } from '../http/parameters.ts'
import { oauthProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import { loadJose } from '../tokens/jose.ts'
import { signingAlgorithms } from '../tokens/keys.ts'
import type { StandardClient } from './client.ts'
import type { ClientAuthMethod } from './client-metadata.ts'
import { findClient } from './find-client.ts'
import { invalidRequest } from './parameters.ts'
import { useOnce } from './used-once.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const mostAssertionSeconds = 3600
const mostKeyBytes = 65_536

interface Presented {
  readonly method: ClientAuthMethod
  readonly clientId: string
  /** Secret or assertion. */
  readonly proof: string
}

/**
 * Finds and authenticates the client of a request to one of the direct endpoints.
 *
 * @throws {Problem} `invalid_client`; `invalid_request` when two methods are used at once or no client is named.
 */
export async function authenticateClient(exchange: Exchange, body: Parameters): Promise<StandardClient> {
  const presented = readClient(exchange.request, body)
  const { method, clientId, proof } = presented
  exchange.clientId = clientId
  const client = await findClient(exchange.runtime, clientId)
  const challenge = method === 'client_secret_basic' ? 'basic' : 'post'
  if (!client) throw invalidClient(challenge, 'the client is unknown')
  if (client.token_endpoint_auth_method !== method) {
    throw invalidClient(challenge, `this client is registered for ${client.token_endpoint_auth_method}`)
  }
  if (method === 'private_key_jwt') await checkAssertion(exchange, client, proof)
  else if (method !== 'none' && !equalInConstantTime(proof, client.client_secret ?? '')) {
    throw invalidClient(challenge, 'the secret is not right')
  }
  return client
}

function readClient(request: Request, body: Parameters): Presented {
  const named = body.get('client_id')
  const header = request.headers.get('authorization')
  const found: Presented[] = []
  if (header !== null && /^basic /i.test(header)) {
    const { clientId, secret } = basicCredentials(header).form
    found.push({ method: 'client_secret_basic', clientId, proof: secret })
  }
  const secret = body.get('client_secret')
  if (secret !== undefined) found.push({ method: 'client_secret_post', clientId: named ?? '', proof: secret })
  const assertion = body.get('client_assertion')
  if (assertion !== undefined || body.get('client_assertion_type') !== undefined) {
    found.push({ method: 'private_key_jwt', clientId: subjectOf(body, assertion), proof: assertion ?? '' })
  }
  const [first, second] = found
  if (second) throw invalidRequest('a client authenticates by one method at a time (RFC 6749 2.3)')
  if (!first) {
    if (named === undefined) throw invalidClient('post', 'the request names no client')
    return { method: 'none', clientId: named, proof: '' }
  }
  if (named !== undefined && named !== first.clientId) {
    throw invalidRequest('client_id differs from the client that authenticates')
  }
  return first
}

function subjectOf(body: Parameters, assertion: string | undefined): string {
  if (body.get('client_assertion_type') !== assertionType) {
    throw invalidRequest(`client_assertion_type must be ${assertionType}`)
  }
  try {
    return decodeJwt(assertion ?? '').sub ?? ''
  } catch {
    throw invalidClient('post', 'client_assertion is not a JWT')
  }
}

async function checkAssertion(exchange: Exchange, client: StandardClient, assertion: string): Promise<void> {
  const { runtime, url } = exchange
  const { origin } = runtime.project
  const now = runtime.clock.now()
  const alg = client.token_endpoint_auth_signing_alg
  const { createLocalJWKSet, jwtVerify } = await loadJose()
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(await keysOf(runtime, client)), {
      algorithms: alg === undefined ? [...signingAlgorithms] : [alg],
      issuer: client.client_id,
      subject: client.client_id,
      // The address of the pushed authorization endpoint is good there (RFC 9126 2).
      audience: [origin, `${origin}/token`, ...(url.pathname === '/par' ? [`${origin}/par`] : [])],
      currentDate: new Date(now),
      requiredClaims: ['exp', 'jti'],
    })
    const { aud, exp = 0, jti } = payload
    if (Array.isArray(aud) && aud.length > 1) throw new TypeError('aud has several values')
    if (exp * 1000 > now + mostAssertionSeconds * 1000) throw new TypeError('exp is more than an hour ahead')
    if (!useOnce(runtime, `assertion ${client.client_id} ${jti}`, exp * 1000)) {
      throw new TypeError('jti was used before')
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw oauthProblem(401, 'invalid_client', `client_assertion does not hold: ${reason}`)
  }
}

async function keysOf({ standard }: Runtime, { jwks, jwks_uri }: StandardClient): Promise<JSONWebKeySet> {
  const fetched = jwks_uri === undefined ? undefined : await standard.network.getJson(jwks_uri, mostKeyBytes)
  const keys = jwks?.keys ?? fetched?.keys
  return { keys: (Array.isArray(keys) ? keys : []) as JSONWebKeySet['keys'] }
}
