/** What a mock IdP costs a test, and how many live side by side in one process. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createMockIdp, type MockIdp } from '@countersign/mock-idp'
import { createTestIdp, signIn } from '@countersign/mock-idp/testing'
import { formatTable } from './table.ts'

const rounds = 200

/** Prints both tables. */
export async function printPriceOfATest(): Promise<void> {
  const [first, ...later] = await priceOfATest(rounds)
  const rows = [
    ['createTestIdp', ...spread(later.map(({ created }) => created)), format(first?.created)],
    [
      'createTestIdp and the first login in it',
      ...spread(later.map(({ loggedIn }) => loggedIn)),
      format(first?.loggedIn),
    ],
    ['a second login in the same mock', ...spread(later.map(({ again }) => again)), format(first?.again)],
    ['createMockIdp with a new RSA key, and a login', ...spread(await priceWithNewKey(20)), ''],
  ]
  console.log('The price of a test, in milliseconds\n')
  console.log(formatTable(['', 'median', '95 %', 'first in the process'], rows))
  console.log('\nMocks side by side in one process, all alive, a login in each at once\n')
  const table = []
  for (const count of [100, 500, 1000]) table.push(await sideBySide(count))
  console.log(formatTable(['mocks', 'ms in all', 'ms per mock', 'KiB per mock', 'logins that failed'], table))
}

async function priceOfATest(count: number): Promise<{ created: number; loggedIn: number; again: number }[]> {
  const samples = []
  for (let round = 0; round < count; round++) {
    const start = performance.now()
    const idp = createTestIdp()
    const created = performance.now() - start
    await signIn(idp)
    const loggedIn = performance.now() - start
    await signIn(idp)
    samples.push({ created, loggedIn, again: performance.now() - start - loggedIn })
  }
  return samples
}

async function priceWithNewKey(count: number): Promise<number[]> {
  const samples = []
  for (let round = 0; round < count; round++) {
    const start = performance.now()
    await signIn(createMockIdp())
    samples.push(performance.now() - start)
  }
  return samples
}

async function sideBySide(count: number): Promise<string[]> {
  const before = liveBytes()
  const start = performance.now()
  const idps: MockIdp[] = Array.from({ length: count }, (_, number) =>
    createTestIdp({ origin: `https://idp-${number}.example` }),
  )
  const logins = await Promise.allSettled(idps.map((idp) => signIn(idp)))
  const elapsed = performance.now() - start
  const good = logins.filter(
    (login, index) => login.status === 'fulfilled' && login.value.claims.iss === idps[index]?.issuer,
  )
  const kib = (liveBytes() - before) / 1024 / idps.length
  return [String(count), format(elapsed, 0), format(elapsed / count), format(kib, 0), String(count - good.length)]
}

/** Bytes that are still in use after a collection. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

function spread(samples: readonly number[]): [string, string] {
  const sorted = samples.toSorted((one, other) => one - other)
  return [format(sorted[Math.floor(sorted.length / 2)]), format(sorted[Math.floor(sorted.length * 0.95)])]
}

function format(value = Number.NaN, digits = 2): string {
  return value.toFixed(digits)
}
