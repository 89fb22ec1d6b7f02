/** What ten thousand tokens leave behind in the memory of an API, and what they do to its other callers. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { createRequestGuard } from '../src/api/index.ts'
import { setUpApi } from './api/api-fixture.ts'

// Tens of thousands of signatures, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 })

const url = 'https://api.example/contacts'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Memory in use after everything that nobody holds is gone. */
async function heldMegabytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let count = 0; count < 3; count += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    collect()
  }
  return process.memoryUsage().heapUsed / (1 << 20)
}

interface Changes {
  readonly header?: object
  /** Whether the signature is one of another text. */
  readonly wrong?: boolean
}

test.each<[string, (index: number) => Changes, readonly number[]]>([
  ['valid tokens', () => ({}), [200]],
  ['forged tokens', () => ({ wrong: true }), [401]],
  // For the first one the keys are loaded anew; some of the others wait until that may be done again.
  ['tokens of unknown keys', (index) => ({ header: { kid: `unknown-${index}` } }), [401, 503]],
  ['tokens of another algorithm', (index) => ({ header: { alg: `X${index}` } }), [401]],
])('10,000 distinct %s leave memory bounded, and others served (API behaviour 29)', async (_, changes, expected) => {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'ours' }
  const api = setUpApi({ algorithms: ['ES256'] }, { intercept: (asked) => publish(asked) })
  const publish = (asked: string) => (asked.endsWith('/jwks.json') ? Response.json({ keys: [jwk] }) : undefined)
  const guard = createRequestGuard({ verifier: api.verifier })
  const now = Math.floor(api.idp.clock.now() / 1000)
  const claims = { iss: api.idp.inboundIssuer, aud: api.idp.projectId, sub: 'flood', exp: now + 3600, scope: 'a' }
  const make = (jti: string, { header = {}, wrong = false }: Changes = {}) => {
    const input = `${encode({ alg: 'ES256', kid: 'ours', ...header })}.${encode({ ...claims, jti })}`
    const signature = sign('sha256', Buffer.from(wrong ? `${input}x` : input), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    })
    return `${input}.${signature.toString('base64url')}`
  }
  const statusOf = async (token: string) => {
    const { auth, refusal } = await guard.check(new Request(url, { headers: { authorization: `Bearer ${token}` } }))
    return auth ? 200 : refusal.status
  }
  const good = make('good')
  const statuses = new Set<number>()
  let waiting = 0
  const flood = async (name: string, count: number) => {
    for (let index = 0; index < count; index += 1) {
      waiting += 1
      const answered = statusOf(make(`${name}-${index}`, changes(index))).then((status) => {
        waiting -= 1
        statuses.add(status)
      })
      await Promise.race([answered, new Promise((resolve) => setImmediate(resolve))])
      if (index % 100 === 0) expect(await statusOf(good)).toBe(200)
    }
  }
  expect(await statusOf(good)).toBe(200)
  await flood('before', 3000)
  const before = await heldMegabytes()
  await flood('after', 10_000)
  expect((await heldMegabytes()) - before).toBeLessThan(3)
  expect(api.requests.filter((path) => path === 'jwks.json').length).toBeLessThanOrEqual(2)
  expect([...statuses].toSorted()).toEqual(expected)
  expect(waiting).toBeLessThanOrEqual(256)
})
