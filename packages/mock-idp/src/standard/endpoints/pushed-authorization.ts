/** Pushed authorization requests (RFC 9126). */
import { json, noStore } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type Parameters, parametersOf } from '../../http/parameters.ts'
import { oauthProblem } from '../../http/problem.ts'
import { authenticateClient } from '../client-authentication.ts'
import { checkProof, withNonce } from '../dpop.ts'
import { invalidRequest, readForm } from '../parameters.ts'
import { authorizationChecks, identify } from './authorization-request.ts'

const prefix = 'urn:ietf:params:oauth:request_uri:'
const lifeSeconds = 60

/** Parameters that authenticate the client and are no part of the request. */
const ofClient: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

/** The endpoint that requests are pushed to. */
export const pushedAuthorizationEndpoint: Endpoint = {
  name: 'par',
  cors: true,
  paths: ['/par'],
  async post(exchange) {
    const { runtime } = exchange
    const body = await readForm(exchange)
    exchange.seen = body.record
    const client = await authenticateClient(exchange, body)
    if (body.get('request_uri') !== undefined) throw invalidRequest('request_uri cannot be pushed (RFC 9126 2.1)')
    const jkt = await checkProof(exchange)
    const pairs = pairsOf(body).filter(([name]) => !ofClient.has(name) && name !== 'client_id')
    pairs.push(['client_id', client.client_id])
    const named = body.get('dpop_jkt')
    if (jkt !== undefined && named !== undefined && named !== jkt) {
      throw invalidRequest('dpop_jkt is not the key of the proof (RFC 9449 10.1)')
    }
    if (jkt !== undefined && named === undefined) pairs.push(['dpop_jkt', jkt])
    const pushed = await identify(runtime, parametersOf(pairs), true)
    for (const { check } of authorizationChecks) check(pushed)
    const requestUri = prefix + runtime.random.text(32)
    const expiresAt = runtime.clock.now() + lifeSeconds * 1000
    runtime.standard.records.pushed.set(requestUri, { clientId: client.client_id, pairs, expiresAt })
    exchange.reason = 'request pushed'
    const answer = json({ request_uri: requestUri, expires_in: lifeSeconds }, { status: 201, headers: noStore })
    return withNonce(exchange, answer)
  },
}

function pairsOf(body: Parameters): [string, string][] {
  return Object.entries(body.record).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}

/** The parameters behind a `request_uri` of this provider, which counts once. Throws `invalid_request_uri`. */
export function takePushed({ runtime }: Exchange, parameters: Parameters): Parameters | undefined {
  const { standard, clock } = runtime
  const requestUri = parameters.get('request_uri')
  if (!requestUri?.startsWith(prefix)) return undefined
  const pushed = standard.records.pushed.get(requestUri)
  if (!pushed || pushed.clientId !== parameters.get('client_id') || pushed.expiresAt <= clock.now()) {
    throw oauthProblem(400, 'invalid_request_uri', 'the pushed request is unknown, expired, used or of another client')
  }
  standard.records.pushed.delete(requestUri)
  return parametersOf(pushed.pairs)
}
