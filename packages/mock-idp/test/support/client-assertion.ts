import type { MockIdp } from '@countersign/mock-idp'
import { importJWK, SignJWT } from 'jose'
import { service } from './standard-client.ts'

/** A client assertion of the fixture service with changes; a member that is `undefined` is left out. */
export async function assertion(
  idp: Pick<MockIdp, 'origin' | 'clock'>,
  changes: Record<string, unknown> = {},
): Promise<string> {
  const claims = {
    iss: service.clientId,
    sub: service.clientId,
    aud: idp.origin,
    exp: Math.floor(idp.clock.now() / 1000) + 60,
    jti: crypto.randomUUID(),
    ...changes,
  }
  const key = await importJWK(service.privateJwk, 'ES256')
  return new SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg: 'ES256' }).sign(key)
}

/** Form fields that authenticate the fixture service. */
export async function asService(idp: MockIdp): Promise<Record<string, string>> {
  return withAssertion(await assertion(idp))
}

/** Form fields with an assertion. */
export function withAssertion(client_assertion: string): Record<string, string> {
  return { client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
}
