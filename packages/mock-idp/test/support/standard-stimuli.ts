/** The requests that meet the faults of the standard profile's own endpoints. */
import type { FaultEndpoint, FaultInfo } from '@countersign/mock-idp'
import { challenge, post } from './relying-party.ts'
import { asWeb, codeFor, device, redeem, standardIdp, web, webAuth } from './standard-client.ts'
import type { Stage, Stimulus } from './stimuli.ts'

/** A mock of the standard profile after a login. */
export async function openStandardStage(): Promise<Stage> {
  const idp = standardIdp()
  const { body } = await redeem(idp, await codeFor(idp, asWeb), { ...asWeb, client_id: undefined }, webAuth)
  const snapshot = idp.snapshot()
  const request = {
    response_type: 'code',
    ...asWeb,
    client_id: undefined,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const stimuli: Partial<Record<FaultEndpoint, Stimulus>> = {
    introspect: () => post(idp, '/introspect', { token: body.access_token }, webAuth),
    par: () => post(idp, '/par', request, webAuth),
    'device-authorization': () =>
      post(idp, '/device_authorization', { client_id: device.clientId, scope: 'contacts.read' }),
    token: () =>
      post(idp, '/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: 'unknown',
        client_id: device.clientId,
      }),
  }
  const paths: Partial<Record<FaultEndpoint, string>> = {
    introspect: '/introspect',
    par: '/par',
    'device-authorization': '/device_authorization',
  }
  return {
    idp,
    restart: () => snapshot.restore(),
    stimulusFor({ name }: FaultInfo, endpoint) {
      const preflight: Stimulus = () =>
        idp.fetch(new Request(new URL(paths[endpoint] ?? '/', idp.origin), { method: 'OPTIONS' }))
      const found = name === 'answer-preflight-refused' ? preflight : stimuli[endpoint]
      if (!found) throw new Error(`no request for ${endpoint} of ${web.clientId}`)
      return found
    },
  }
}
