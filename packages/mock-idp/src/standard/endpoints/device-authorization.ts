/** Where a device asks for its codes (RFC 8628 section 3.1). */
import { json, noStore } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { oauthProblem } from '../../http/problem.ts'
import type { Random } from '../../random.ts'
import { readDetails } from '../authorization-details.ts'
import { authenticateClient } from '../client-authentication.ts'
import { deviceCodeType } from '../client-metadata.ts'
import { readForm } from '../parameters.ts'
import { allowedScopes, knownResources } from '../scopes.ts'

const lifeSeconds = 600
const intervalSeconds = 5

/** Consonants that are hard to take for one another; no word comes of them (RFC 8628 section 6.1). */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

/** The device authorization endpoint. */
export const deviceAuthorizationEndpoint: Endpoint = {
  name: 'device-authorization',
  cors: true,
  paths: ['/device_authorization'],
  async post(exchange) {
    const { runtime } = exchange
    const { project, standard, random, clock } = runtime
    const body = await readForm(exchange)
    exchange.seen = body.record
    const client = await authenticateClient(exchange, body)
    if (!client.grant_types.includes(deviceCodeType)) {
      throw oauthProblem(400, 'unauthorized_client', 'this client is not registered for the device grant')
    }
    const { scopes } = allowedScopes(runtime, client, body.get('scope'))
    const resources = knownResources(runtime, body.all('resource'))
    const details = readDetails(runtime, client, body.get('authorization_details'))
    const deviceCode = random.text(32)
    const userCode = newUserCode(random)
    standard.records.devices.set(deviceCode, {
      clientId: client.client_id,
      userCode,
      scopes,
      resources,
      details,
      expiresAt: clock.now() + lifeSeconds * 1000,
      intervalSeconds,
    })
    exchange.reason = 'device code'
    const address = `${project.origin}/device`
    const answer = {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: address,
      verification_uri_complete: `${address}?${new URLSearchParams({ user_code: userCode })}`,
      expires_in: lifeSeconds,
      interval: intervalSeconds,
    }
    return json(answer, { headers: noStore })
  },
}

function newUserCode(random: Random): string {
  const part = (): string =>
    Array.from(random.id('').slice(0, 4), (one) => letters.charAt(one.charCodeAt(0) % letters.length)).join('')
  return `${part()}-${part()}`
}
