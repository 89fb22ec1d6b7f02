import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { demoProject, standardDemo } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { createKeyv } from '@keyv/redis'
import { Keyv } from 'keyv'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createBackChannelLogoutReceiver, createRevocationList } from '../src/api/index.ts'
import { createKeyvStore } from '../src/keyv.ts'
import { audience, baseUrl, createProofKey, makeProof, orderBoundToken } from './api/dpop-fixture.ts'
import { type RunningRedis, startRedis } from './support/redis.ts'
import { redisServer } from './support/redis-server.ts'

const nothing = () => undefined

test.each([
  new Keyv(),
  new Keyv(new Map()),
  { store: { getClient: nothing } },
  { store: { createKeyPrefix: nothing } },
  {},
  undefined,
])('a Keyv that is not on Redis is refused, since it has no add in one step', (keyv) => {
  expect(() => createKeyvStore(keyv as never)).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
})

describe.skipIf(!redisServer)('a store on a real Redis', () => {
  let redis: RunningRedis
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.close())

  const connect = (namespace?: string) => {
    const keyv = createKeyv(
      { socket: { path: redis.socket, tls: false } },
      namespace === undefined ? {} : { namespace },
    )
    keyv.on('error', () => undefined)
    onTestFinished(() => keyv.disconnect())
    return keyv
  }

  test('keeps a value for its time, for every process', async () => {
    const [one, two] = [createKeyvStore(connect('times')), createKeyvStore(connect('times'))]
    await one.set('a', 'first', 10_000)
    expect(await two.get('a')).toBe('first')
    await two.set('a', 'second', 10_000)
    expect(await one.get('a')).toBe('second')
    await one.delete('a')
    expect(await two.get('a')).toBeUndefined()
    for (const ttlMs of [0.5, 0, -1]) {
      await one.set('b', 'short', ttlMs)
      await expect.poll(() => two.get('b')).toBeUndefined()
    }
  })

  test('lets one of many adders be the first', async () => {
    const stores = Array.from({ length: 4 }, () => createKeyvStore(connect('adders')))
    for (const key of ['a', 'b', 'c', 'd']) {
      const calls = Array.from({ length: 20 }, (_, index) => stores[index % 4]?.add(key, `${index}`, 10_000))
      expect((await Promise.all(calls)).filter(Boolean)).toHaveLength(1)
    }
  })

  test('sets the time to live in the same command', async () => {
    const keyv = connect('atomic')
    await createKeyvStore(keyv).add('a', '1', 5000)
    const client = await (keyv.store as { getClient(): Promise<{ pTTL(key: string): Promise<number> }> }).getClient()
    const left = await client.pTTL('atomic::a')
    expect(left).toBeGreaterThan(3000)
    expect(left).toBeLessThanOrEqual(5000)
  })

  test('keeps the keys of one namespace from those of another, and without any', async () => {
    const [one, two, none] = [
      createKeyvStore(connect('one')),
      createKeyvStore(connect('two')),
      createKeyvStore(connect()),
    ]
    expect(await one.add('same', '1', 10_000)).toBe(true)
    expect(await two.add('same', '1', 10_000)).toBe(true)
    expect(await none.add('same', '1', 10_000)).toBe(true)
    expect(await one.add('same', '1', 10_000)).toBe(false)
  })

  test('fails while Redis is silent or gone, and never says "not there"', async () => {
    const own = await startRedis()
    onTestFinished(() => own.close())
    const keyv = createKeyv({ socket: { path: own.socket, tls: false } })
    keyv.on('error', () => undefined)
    onTestFinished(() => keyv.disconnect())
    const store = createKeyvStore(keyv, { timeoutMs: 500 })
    await store.set('a', '1', 60_000)
    const failing = async () => {
      const calls = [store.get('a'), store.add('b', '1', 1000), store.set('c', '1', 1000), store.delete('d')]
      const reason = expect.objectContaining({ code: 'OIDC_STORE_UNAVAILABLE', name: 'NetworkError', phase: 'api' })
      expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason })))
    }
    own.pause()
    await failing()
    own.resume()
    await expect.poll(() => store.get('a').catch(() => 'down')).toBe('1')
    await own.stop()
    await failing()
    await expect(store.add('late', '1', 60_000)).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE' })
    await own.start()
    await expect.poll(() => store.add('again', '1', 60_000).catch(() => false), { timeout: 8000 }).toBe(true)
    // What was refused was taken back: no command of the time before runs late.
    expect(await store.add('late', '2', 60_000)).toBe(true)
  }, 20_000)

  test('works once Redis is there, also where it was not at first, and leaves no timer behind', async () => {
    const own = await startRedis()
    onTestFinished(() => own.close())
    await own.stop()
    const keyv = createKeyv({ socket: { path: own.socket, tls: false } })
    keyv.on('error', () => undefined)
    onTestFinished(() => keyv.disconnect())
    const store = createKeyvStore(keyv, { timeoutMs: 500 })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE' })
    await own.start()
    await expect.poll(() => store.set('a', '1', 60_000).catch(() => 'down'), { timeout: 8000 }).toBeUndefined()
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    expect(await Promise.all([store.get('a'), store.get('a'), store.get('a')])).toEqual(['1', '1', '1'])
    expect(timers()).toBe(before)
  }, 20_000)

  test('lets a bounded number of operations wait', async () => {
    const own = await startRedis()
    onTestFinished(() => own.close())
    const keyv = createKeyv({ socket: { path: own.socket, tls: false } })
    keyv.on('error', () => undefined)
    onTestFinished(() => keyv.disconnect())
    const store = createKeyvStore(keyv, { timeoutMs: 200, maxPending: 10 })
    await store.get('a')
    own.pause()
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => store.get('a')))
    const reasons = results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'answered'))
    expect(reasons.filter((reason) => reason.includes('10 operations wait'))).toHaveLength(40)
    own.resume()
  })

  test('lets 1000 operations wait, for a second, where nothing else is said', async () => {
    const keyv = connect('defaults')
    const store = createKeyvStore(keyv)
    const client = await (
      keyv.store as { getClient(): Promise<{ lPush(key: string, item: string): unknown }> }
    ).getClient()
    await client.lPush('defaults::list', 'no text')
    await expect(store.get('list')).rejects.toThrow('Redis did not answer within 1000 ms, or refused.')
    const results = await Promise.allSettled(Array.from({ length: 1001 }, () => store.get('a')))
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([
      {
        status: 'rejected',
        reason: expect.objectContaining({ message: expect.stringContaining('1000 operations wait') }),
      },
    ])
  })

  /** Two processes of an API, and the mock whose tokens they take. */
  async function startApi() {
    const { idp, close } = await startMockIdp({ profile: 'standard' })
    onTestFinished(() => close())
    const settings = JSON.stringify({ socket: redis.socket, issuer: idp.issuer, audience, baseUrl })
    const [one, two] = await Promise.all([startProcess(settings), startProcess(settings)])
    const send = async (process: ChildProcess, authorization: string, dpop?: string) => {
      process.send({ url: `${baseUrl}/contacts`, headers: { authorization, ...(dpop && { dpop }) } })
      const [verdict] = await once(process, 'message')
      return verdict
    }
    return { idp, one, two, send }
  }

  test('a proof is accepted by one of two processes, once (API behaviour 26, API complaint 11)', async () => {
    const { idp, one, two, send } = await startApi()
    const key = await createProofKey()
    const token = await orderBoundToken(idp, key.thumbprint)
    const authorization = `DPoP ${token}`
    const prove = () => makeProof(key, token, Date.now())
    const together = await prove()
    const verdicts = await Promise.all([one, two].map((process) => send(process, authorization, together)))
    expect(verdicts.toSorted()).toEqual(['OIDC_DPOP_REPLAYED', 'accepted'])
    const inTurns = await prove()
    expect(await send(one, authorization, inTurns)).toBe('accepted')
    expect(await send(two, authorization, inTurns)).toBe('OIDC_DPOP_REPLAYED')
    expect(await send(one, authorization, inTurns)).toBe('OIDC_DPOP_REPLAYED')
    expect(await send(two, authorization, await prove())).toBe('accepted')
  }, 20_000)

  test('a logout that one process receives closes another one', async () => {
    const { idp, one, two, send } = await startApi()
    const { users } = demoProject
    const clientId = standardDemo.spa.clientId
    const [mine, theirs] = await Promise.all(
      [users.mira, users.noa].map(({ loginId: user }) =>
        idp.tokens.accessToken({ client: clientId, user, scope: 'contacts.read' }),
      ),
    )
    const store = createKeyvStore(connect('api'))
    const receive = createBackChannelLogoutReceiver({
      issuer: idp.issuer,
      clientId,
      revocations: createRevocationList({ store }),
      store,
    })
    expect([await send(one, `Bearer ${mine}`), await send(two, `Bearer ${mine}`)]).toEqual(['accepted', 'accepted'])
    const logoutToken = await idp.tokens.logoutToken({ client: clientId, user: users.mira.loginId })
    const body = () => new URLSearchParams({ logout_token: logoutToken })
    const call = () => receive(new Request(`${baseUrl}/logout`, { method: 'POST', body: body() }))
    expect((await call()).status).toBe(200)
    for (const process of [one, two]) {
      expect(await send(process, `Bearer ${mine}`)).toBe('OIDC_TOKEN_REVOKED')
      expect(await send(process, `Bearer ${theirs}`)).toBe('accepted')
    }
    expect((await call()).status).toBe(400)
  }, 20_000)
})

/** A process of an API, ready for requests. */
async function startProcess(settings: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./support/api-process.mjs', import.meta.url)), [settings], {
    execArgv: ['--conditions=@countersign/source'],
  })
  onTestFinished(() => void child.kill())
  await once(child, 'message')
  return child
}
