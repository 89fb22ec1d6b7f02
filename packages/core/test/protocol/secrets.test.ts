import { createMockIdp, type FaultName } from '@countersign/mock-idp'
import { expect, it } from 'vitest'
import { isOidcError } from '../../src/errors.ts'
import { refreshTokens } from '../../src/protocol/token-request.ts'
import { fetchUserInfo } from '../../src/protocol/userinfo.ts'
import { createTestClient } from '../support/login.ts'
import { secretsIn, shown } from '../support/refusal.ts'

/** Without those that only make a test wait. */
const faults: readonly FaultName[] = createMockIdp()
  .faults.list()
  .map(({ name }) => name)
  .filter((name) => !/hang|delay|slow|stalled|huge/.test(name))

it.each(faults)('no token, code, verifier or secret is in what %s leads to (case D-46)', async (fault) => {
  const idp = createMockIdp({ deterministic: {}, compat: { authorizationResponseIss: true, emitAtHash: true } })
  const secrets = new Set<string>()
  const remember = (text: string) => {
    for (const secret of secretsIn(text)) secrets.add(secret)
  }
  const errors: unknown[] = []
  const client = await createTestClient(idp)
  const good = await client.login()
  idp.faults.always(fault)
  const attempts = [
    () =>
      client.login({
        change: (url) => {
          remember(url.search)
        },
      }),
    () => refreshTokens(client.context, good),
    () =>
      fetchUserInfo(
        client.context.server,
        client.context.client.clientId,
        good.accessToken,
        good.claims?.sub ?? '',
        client.context.transport,
      ),
  ]
  for (const attempt of attempts) await attempt().catch((error) => errors.push(error))
  for (const { body } of client.requests) remember(decodeURIComponent(body))
  for (const token of [good.accessToken, good.idToken, good.refreshToken]) secrets.add(token ?? '')
  for (const error of errors) {
    // What is not ours is the driver of the test, which walks the pages of the mock.
    if (!isOidcError(error)) continue
    for (const secret of secrets) expect(shown(error)).not.toContain(secret)
  }
  expect(secrets.size).toBeGreaterThan(3)
})
