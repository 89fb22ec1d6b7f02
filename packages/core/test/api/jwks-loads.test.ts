/** When keys are loaded, by whom that is waited for, and what is answered meanwhile. */
import { expect, onTestFinished, test, vi } from 'vitest'
import type { VerifierEvent } from '../../src/api/index.ts'
import { holdDeadlines } from '../support/deadlines.ts'
import { type ApiFixture, failure, type Intercept, setUpApi } from './api-fixture.ts'

const isJwks = (url: string) => url.endsWith('/jwks.json')
const keyFetches = ({ requests }: ApiFixture) => requests.filter((path) => path === 'jwks.json').length
const html = () => new Response('<html>', { headers: { 'content-type': 'text/html' } })
const hanging = () => new Promise<Response>(() => undefined)
const orderUnknown = ({ order }: ApiFixture, name = 'unknown') => order({ header: { kid: name } })
/** Claims that say nothing of the time of their issue, for clocks that are set back. */
const timeless = { claims: { iat: undefined, nbf: undefined } }

/** Answers requests for keys one after the other; undefined, and whatever comes then, goes to the mock. */
function answering(answers: ((() => Response | Promise<Response>) | undefined)[]): Intercept {
  return (url) => (isJwks(url) ? answers.shift()?.() : undefined)
}

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** Waits, while timers stand still. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

test('keys are tried once more after a passing fault, and not after an answer that is none', async () => {
  const failing = setUpApi()
  failing.idp.faults.always('jwks-status-500')
  await failure('OIDC_KEYS_UNAVAILABLE', failing.verifier.verify(await failing.order()))
  expect(keyFetches(failing)).toBe(2)
  const wrong = setUpApi({}, { intercept: answering([html]) })
  const error = await failure('OIDC_KEYS_UNAVAILABLE', wrong.verifier.verify(await wrong.order()))
  expect([keyFetches(wrong), error]).toMatchObject([1, { retryAfterSeconds: 1 }])
  await expect(wrong.verifier.verify(await wrong.order())).resolves.toBeDefined()
})

test.each(['discovery', 'jwks'] as const)(
  'keys whose answer of %s stops in its middle are given up in time',
  async (endpoint) => {
    const deadlines = holdDeadlines()
    const api = setUpApi()
    api.idp.faults.next('answer-stalled', {}, { endpoint })
    const refused = failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
    await vi.waitFor(() => expect(api.idp.log.entries.flatMap(({ faults }) => faults)).toEqual(['answer-stalled']))
    deadlines.pass()
    const error = await refused
    expect(error.message).toContain('OIDC_TIMEOUT')
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  },
)

test.each(['discovery', 'jwks'] as const)(
  'keys are found beside a member that nests 20000 levels deep in %s',
  async (endpoint) => {
    const api = setUpApi()
    api.idp.faults.next('answer-deep', {}, { endpoint })
    await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
    expect(api.idp.log.entries.flatMap(({ faults }) => faults)).toEqual(['answer-deep'])
  },
)

test('keys are asked for as JSON, and as key sets (RFC 7517 8.5)', async () => {
  const asked: (string | null)[] = []
  const api = setUpApi(
    {},
    {
      intercept: (url, init) => {
        if (isJwks(url)) asked.push(new Headers(init.headers).get('accept'))
        return undefined
      },
    },
  )
  await api.verifier.verify(await api.order())
  expect(asked).toEqual(['application/json, application/jwk-set+json'])
})

test('a forged token gains nothing from a key that has just changed, or just gone, under its kid', async () => {
  let published: readonly object[] | undefined
  const api = setUpApi(
    {},
    { intercept: (url) => (isJwks(url) && published ? Response.json({ keys: published }) : undefined) },
  )
  const { kid } = api.idp.keys
  const keysOfMock = async () => {
    const response = await api.idp.fetch(new Request(`${api.idp.origin}/${api.idp.projectId}/.well-known/jwks.json`))
    return (await response.json()).keys as readonly object[]
  }
  await api.verifier.verify(await api.order())
  const forged = async (jti: string) => {
    api.idp.faults.next('access-token-signature-foreign-key')
    return api.order({ header: { kid }, claims: { jti } })
  }
  api.idp.keys.rotate()
  published = [{ ...(await keysOfMock())[0], kid }]
  await failure('OIDC_TOKEN_SIGNATURE_INVALID', api.verifier.verify(await forged('a')))
  expect(keyFetches(api)).toBe(2)
  await expect(api.verifier.verify(await api.order({ header: { kid } }))).resolves.toBeDefined()
  published = [{ ...(await keysOfMock())[0], kid: 'another' }]
  api.idp.clock.advance(10)
  await failure('OIDC_TOKEN_SIGNATURE_INVALID', api.verifier.verify(await forged('b')))
  expect(keyFetches(api)).toBe(3)
})

test('one more try counts as a load: there are two in ten seconds, however they end (DESIGN 24)', async () => {
  const api = setUpApi()
  await api.verifier.verify(await api.order())
  api.idp.faults.always('jwks-status-500')
  await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await orderUnknown(api)))
  expect(keyFetches(api)).toBe(2)
  await expect(api.verifier.verify(await api.order({ claims: { n: 2 } }))).resolves.toBeDefined()
})

test('a request that comes while keys are loaded waits for them, also when no load is left', async () => {
  let release = () => {}
  const second = (keys: () => Promise<Response>) => () =>
    new Promise<Response>((resolve) => {
      release = () => resolve(keys())
    })
  const published = () => api.idp.fetch(new Request(`${api.idp.origin}/${api.idp.projectId}/.well-known/jwks.json`))
  const answers = [() => new Response(null, { status: 500 }), second(published)]
  const api = setUpApi({}, { intercept: answering(answers) })
  const first = api.verifier.verify(await api.order())
  await until(() => keyFetches(api) === 2)
  const late = api.verifier.verify(await api.order({ claims: { n: 2 } }))
  release()
  await expect(Promise.all([first, late])).resolves.toHaveLength(2)
  expect(keyFetches(api)).toBe(2)
})

test('keys beyond their stale bound count for nobody, known or not, and also when no load is left', async () => {
  const api = setUpApi({ maxStaleSeconds: 60 })
  const known = await api.order({ expiresInSeconds: 7200 })
  await api.verifier.verify(known)
  api.idp.faults.always('jwks-status-500')
  api.idp.clock.advance(661)
  for (let count = 0; count < 2; count += 1) {
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(known))
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order({ claims: { count } })))
  }
  expect(keyFetches(api)).toBe(3)
  api.idp.faults.clear()
  api.idp.clock.advance(10)
  await expect(api.verifier.verify(known)).resolves.toBeDefined()
})

test('a clock that was set back keeps no keys from being loaded, and makes nobody wait for more than ten seconds', async () => {
  for (const back of [5, 3600]) {
    const api = setUpApi()
    api.idp.faults.always('jwks-status-500')
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order(timeless)))
    api.idp.clock.advance(-back)
    const order = await api.order(timeless)
    if (back < 10) {
      const error = await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(order))
      expect(error).toMatchObject({ retryAfterSeconds: 10 })
    } else {
      api.idp.faults.clear()
      await expect(api.verifier.verify(order)).resolves.toBeDefined()
    }
  }
})

test('nobody waits for another load while the provider fails; once it is back, an unknown kid is looked for again', async () => {
  useFakeTimers()
  const api = setUpApi()
  await api.verifier.verify(await api.order())
  api.idp.faults.always('jwks-status-500')
  for (let count = 0; count < 2; count += 1) {
    await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await orderUnknown(api, `${count}`)))
  }
  expect(vi.getTimerCount()).toBe(0)
  api.idp.faults.clear()
  api.idp.clock.advance(10)
  await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, 'a')))
  await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, 'b')))
  const waiting = failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, 'c')))
  await until(() => vi.getTimerCount() === 1)
  api.idp.clock.advance(10)
  await vi.advanceTimersByTimeAsync(10_000)
  await waiting
})

test('who has waited loads nothing where the clock says that it is too early still', async () => {
  useFakeTimers()
  const api = setUpApi()
  await api.verifier.verify(await api.order(timeless))
  await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, 'a')))
  const waiting = failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await orderUnknown(api, 'b')))
  await until(() => vi.getTimerCount() === 1)
  // The clock of the machine is set back while the timer, which no clock sets, runs on.
  api.idp.clock.advance(-3)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await waiting).toMatchObject({ retryAfterSeconds: 10 })
  expect(keyFetches(api)).toBe(2)
  api.idp.clock.advance(13)
  await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, 'c')))
  expect(keyFetches(api)).toBe(3)
})

test('after 256 that have waited, others may wait in their turn', async () => {
  useFakeTimers()
  const api = setUpApi()
  await api.verifier.verify(await api.order())
  await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api)))
  for (const wave of ['first', 'second', 'third']) {
    const tokens = await Promise.all(Array.from({ length: 257 }, (_, index) => orderUnknown(api, `${wave}-${index}`)))
    const codes: string[] = []
    const answers = Promise.all(
      tokens.map((token) => api.verifier.verify(token).catch(({ code }: { code: string }) => codes.push(code))),
    )
    // One is too many, and told so at once.
    await until(() => codes.length === 1 && vi.getTimerCount() === 1)
    expect(codes).toEqual(['OIDC_KEYS_UNAVAILABLE'])
    api.idp.clock.advance(10)
    await vi.advanceTimersByTimeAsync(10_000)
    await answers
    expect(codes.filter((code) => code === 'OIDC_TOKEN_KEY_NOT_FOUND')).toHaveLength(256)
    // Spends the second load of these ten seconds.
    await failure('OIDC_TOKEN_KEY_NOT_FOUND', api.verifier.verify(await orderUnknown(api, wave)))
  }
})

test('keys of up to twice their age serve at once while new ones are on their way (API behaviour 19)', async () => {
  const api = setUpApi({ timeoutMs: 600_000 }, { intercept: answering([undefined, hanging]) })
  await api.verifier.verify(await api.order())
  api.idp.clock.advance(1200)
  await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  await until(() => keyFetches(api) === 2)
})

test('very old keys are waited for once: where that has failed, they serve at once while the next try hangs', async () => {
  const api = setUpApi({ timeoutMs: 600_000 }, { intercept: answering([undefined, html, hanging]) })
  await api.verifier.verify(await api.order())
  api.idp.clock.advance(1201)
  await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  expect(keyFetches(api)).toBe(2)
  api.idp.clock.advance(10)
  await expect(api.verifier.verify(await api.order())).resolves.toBeDefined()
  await until(() => keyFetches(api) === 3)
})

test('a first load that fails is told of as such, and as nothing stale', async () => {
  const events: VerifierEvent[] = []
  const api = setUpApi({ onEvent: (event) => events.push(event) })
  api.idp.faults.always('jwks-status-500')
  await failure('OIDC_KEYS_UNAVAILABLE', api.verifier.verify(await api.order()))
  expect(events.map(({ kind }) => kind)).toEqual(['key-fetch', 'refused'])
})
