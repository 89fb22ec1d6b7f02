/** Polling for the tokens of a device (RFC 8628 sections 3.4 and 3.5). */
import { invalidGrant } from '../../grants/grant-request.ts'
import { oauthProblem } from '../../http/problem.ts'
import { required } from '../parameters.ts'
import { mayRefresh, type StandardGrantHandler, targetOfGrant, tokensFor } from './grant-request.ts'

/** Answers `grant_type=urn:ietf:params:oauth:grant-type:device_code`. */
export const deviceCodeGrant: StandardGrantHandler = async (request) => {
  const { runtime, client, body, exchange } = request
  const record = runtime.standard.records.devices.get(required(body, 'device_code'))
  if (record?.clientId !== client.client_id) throw invalidGrant('the device code is unknown')
  const now = runtime.clock.now()
  if (record.expiresAt <= now) throw oauthProblem(400, 'expired_token', 'the device code has expired')
  const isTooSoon = record.polledAt !== undefined && now - record.polledAt < record.intervalSeconds * 1000
  record.polledAt = now
  if (isTooSoon) {
    record.intervalSeconds += 5
    throw oauthProblem(400, 'slow_down', `wait ${record.intervalSeconds} seconds between two requests`)
  }
  const { outcome } = record
  if (outcome === undefined) throw oauthProblem(400, 'authorization_pending', 'the user has not decided yet')
  if (outcome === 'denied') throw oauthProblem(400, 'access_denied', 'the user said no')
  if (outcome === 'used') throw invalidGrant('the device code was used before')
  const target = targetOfGrant(request, outcome, outcome.scopes)
  record.outcome = 'used'
  exchange.reason = 'device code redeemed'
  return tokensFor(request, outcome, {
    scopes: outcome.scopes,
    target,
    refreshed: false,
    withRefreshToken: mayRefresh(client, outcome),
  })
}
