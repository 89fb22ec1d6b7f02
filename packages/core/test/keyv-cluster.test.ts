import { demoProject, standardDemo } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import KeyvRedis, { createCluster } from '@keyv/redis'
import { Keyv } from 'keyv'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  challengeFor,
  createAccessTokenVerifier,
  createDpopProofVerifier,
  createRevocationList,
} from '../src/api/index.ts'
import { createKeyvStore, type KeyvStoreOptions } from '../src/keyv.ts'
import { audience, baseUrl, createProofKey, makeProof, orderBoundToken } from './api/dpop-fixture.ts'
import { type RunningCluster, startRedisCluster } from './support/redis-cluster.ts'
import { redisServer } from './support/redis-server.ts'

describe.skipIf(!redisServer)('a store on a Redis Cluster of three masters', () => {
  let cluster: RunningCluster
  beforeAll(async () => {
    cluster = await startRedisCluster()
  }, 30_000)
  afterAll(() => cluster.close())

  const connect = (namespace: string, options?: KeyvStoreOptions) => {
    const client = createCluster({
      rootNodes: cluster.urls.map((url) => ({ url })),
      defaults: { socket: { connectTimeout: 1000 } },
    })
    const keyv = new Keyv(new KeyvRedis(client), { namespace })
    keyv.on('error', () => undefined)
    onTestFinished(async () => client.destroy())
    return createKeyvStore(keyv, options)
  }
  /** Names whose keys lie with each of the masters. */
  const names = Array.from({ length: 60 }, (_, index) => `name-${index}`)

  test('works from the first call on, however many come at once, wherever their keys lie', async () => {
    const [one, two] = [connect('first'), connect('first')]
    const added = await Promise.all(names.flatMap((name) => [one.add(name, '1', 60_000), two.add(name, '1', 60_000)]))
    expect(added.filter(Boolean)).toHaveLength(names.length)
    const homes = await Promise.all(names.map((name) => cluster.locate(`first::${name}`)))
    expect(new Set(homes.map(({ master }) => master)).size).toBe(3)
    expect(await Promise.all(names.map((name) => two.get(name)))).toEqual(names.map(() => '1'))
    await Promise.all(names.map((name) => one.delete(name)))
    expect(await Promise.all(names.map((name) => two.get(name)))).toEqual(names.map(() => undefined))
  })

  test('follows a slot that moves to another master', async () => {
    const store = connect('moving')
    const { slot, master } = await cluster.locate('moving::name')
    expect(await store.add('name', '1', 60_000)).toBe(true)
    await store.delete('name')
    await cluster.moveSlot(slot, master, (master + 1) % 3)
    expect(await store.add('name', '2', 60_000)).toBe(true)
    expect(await store.add('name', '3', 60_000)).toBe(false)
    expect(await store.get('name')).toBe('2')
    await store.delete('name')
    await cluster.moveSlot(slot, (master + 1) % 3, master)
    expect(await store.add('name', '4', 60_000)).toBe(true)
  })

  test('remembers proofs and logouts of an API (API behaviour 26)', async () => {
    const { idp, close } = await startMockIdp({ profile: 'standard' })
    onTestFinished(() => close())
    const stores = [connect('api'), connect('api')]
    const [one, two] = stores.map((store) =>
      createAccessTokenVerifier({
        issuer: idp.issuer,
        audience,
        dpop: createDpopProofVerifier({ baseUrl, store }),
        isRevoked: createRevocationList({ store }).isRevoked,
      }),
    )
    const send = (verifier: typeof one, authorization: string, dpop?: string) =>
      verifier
        ?.authenticate(new Request(`${baseUrl}/contacts`, { headers: { authorization, ...(dpop && { dpop }) } }))
        .then(
          () => 'accepted',
          ({ code }) => code,
        )
    const key = await createProofKey()
    const bound = await orderBoundToken(idp, key.thumbprint)
    const proof = await makeProof(key, bound, Date.now())
    expect([await send(one, `DPoP ${bound}`, proof), await send(two, `DPoP ${bound}`, proof)]).toEqual([
      'accepted',
      'OIDC_DPOP_REPLAYED',
    ])
    const [mira, noa] = [demoProject.users.mira, demoProject.users.noa]
    const order = (user: string) =>
      idp.tokens.accessToken({ client: standardDemo.spa.clientId, user, scope: 'contacts.read' })
    const [mine, theirs] = [await order(mira.loginId), await order(noa.loginId)]
    expect(await send(two, `Bearer ${mine}`)).toBe('accepted')
    const [store] = stores
    await createRevocationList({ ...(store && { store }) }).revoke({
      issuer: idp.issuer,
      subject: mira.id,
      issuedUntil: Math.floor(Date.now() / 1000) + 1,
    })
    expect([await send(two, `Bearer ${mine}`), await send(two, `Bearer ${theirs}`)]).toEqual([
      'OIDC_TOKEN_REVOKED',
      'accepted',
    ])
  }, 20_000)

  test('fails within its deadline while a master is down, as 503, and works again after it', async () => {
    const timeoutMs = 300
    const store = connect('down', { timeoutMs })
    for (const name of names) await store.set(name, '1', 60_000)
    const homes = await Promise.all(names.map((name) => cluster.locate(`down::${name}`)))
    const lost = names.filter((_, index) => homes[index]?.master === 1)
    expect(lost).not.toEqual([])
    await cluster.stop(1)
    const start = performance.now()
    const results = await Promise.allSettled([
      ...lost.map((name) => store.get(name)),
      ...lost.map((name) => store.add(name, '2', 60_000)),
    ])
    expect(performance.now() - start).toBeLessThan(10 * timeoutMs)
    for (const result of results) {
      const reason = result.status === 'rejected' ? result.reason : undefined
      expect(reason).toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE', name: 'NetworkError' })
      expect(challengeFor(reason)?.status).toBe(503)
    }
    await cluster.start(1)
    const [name = ''] = lost
    await expect.poll(() => store.add(`${name}-again`, '1', 60_000).catch(() => 'down'), { timeout: 15_000 }).toBe(true)
  }, 60_000)

  test('works once the masters are there, also where none was at first', async () => {
    const masters = cluster.urls.map((_, index) => index)
    await Promise.all(masters.map(cluster.stop))
    const store = connect('late', { timeoutMs: 500 })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE' })
    await Promise.all(masters.map(cluster.start))
    await expect.poll(() => store.set('a', '1', 60_000).catch(() => 'down'), { timeout: 10_000 }).toBeUndefined()
    expect(await store.get('a')).toBe('1')
  }, 40_000)
})
