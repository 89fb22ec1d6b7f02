/** What a session in Chromium costs: requests of a login, token requests of parallel reads, time and memory of a cached read. */
import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import type { Browser, BrowserContext, Page } from 'playwright'
import { chromiumAdvice, findChromium, launchChromium } from '../../examples/demo/chromium.ts'
import { type ServedApp, serveApp } from './serve-app.ts'
import { margin, median } from './statistics.ts'
import { formatTable } from './table.ts'

/** An app in a browser that has been nowhere yet, with a provider of its own. */
interface Visit {
  readonly mock: RunningMockIdp
  readonly app: ServedApp
  readonly context: BrowserContext
}

async function visit<Result>(browser: Browser, file: string, work: (visit: Visit) => Promise<Result>): Promise<Result> {
  const mock = await startMockIdp({ hostname: 'localhost', allowAnyRedirect: true, refreshTokenRotation: true })
  const app = await serveApp(file, { issuer: mock.idp.issuer, clientId: demoProject.oidc.clientId })
  const context = await browser.newContext()
  try {
    return await work({ mock, app, context })
  } finally {
    await context.close()
    app.close()
    await mock.close()
  }
}

/** Waits for a page of the app; pages of the provider let nothing be evaluated by polling, so it is asked from outside. */
async function until(page: Page, condition: string): Promise<void> {
  const deadline = Date.now() + 30_000
  // A page that is navigating away has no answer.
  while (!(await page.evaluate(`Boolean(${condition})`).catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${condition} did not come true`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function open(context: BrowserContext, { origin }: ServedApp): Promise<Page> {
  const page = await context.newPage()
  await page.goto(origin)
  await until(page, 'window.app')
  return page
}

/** Clicks "sign in" and, when the provider asks, fills in its login page. */
async function signIn(page: Page, isKnown = false): Promise<void> {
  const { mira } = demoProject.users
  await page.evaluate('void window.app.login()')
  if (!isKnown) {
    await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
    await page.locator('input[type=password]').fill(mira.password)
    await page.keyboard.press('Enter')
  }
  await until(page, 'window.app?.signedIn')
}

/** Requests at the provider while something happens, by endpoint. */
async function requestsOf({ mock }: Visit, work: () => Promise<unknown>): Promise<string[]> {
  const before = mock.idp.log.entries.length
  await work()
  return mock.idp.log.entries.slice(before).map(({ endpoint }) => `${endpoint}`)
}

const summary = (endpoints: readonly string[]): string =>
  [...new Set(endpoints)]
    .map((name) => {
      const count = endpoints.filter((one) => one === name).length
      return count > 1 ? `${count} ${name}` : name
    })
    .join(', ')

async function loginRequests(browser: Browser, name: string, file: string): Promise<string[][]> {
  return visit(browser, file, async (at) => {
    const page = await open(at.context, at.app)
    const cold = await requestsOf(at, () => signIn(page))
    await page.evaluate('localStorage.clear(), sessionStorage.clear()')
    await page.goto(at.app.origin)
    await until(page, 'window.app && !window.app.signedIn')
    const warm = await requestsOf(at, () => signIn(page, true))
    return [
      [`${name}, cold`, `${cold.length}`, summary(cold)],
      [`${name}, warm`, `${warm.length}`, summary(warm)],
    ]
  })
}

async function parallelReads(browser: Browser, name: string, file: string): Promise<string[]> {
  return visit(browser, file, async (at) => {
    const first = await open(at.context, at.app)
    await signIn(first)
    const tabs = [first]
    for (let tab = 0; tab < 2; tab++) {
      const page = await open(at.context, at.app)
      if (!(await page.evaluate('window.app.signedIn'))) await signIn(page, true)
      tabs.push(page)
    }
    // Half an hour later, by the clocks of the machine: every token has expired.
    for (const page of tabs) await page.evaluate('{ const { now } = Date; Date.now = () => now() + 1_800_000 }')
    at.mock.idp.clock.advance(1800)
    let results: string[] = []
    const sent = await requestsOf(at, async () => {
      const read = `Promise.all(Array.from({ length: 10 }, () => window.app.accessToken().then(Boolean, () => false)))`
      results = (await Promise.all(tabs.map((page) => page.evaluate(read)))).flat().map(String)
    })
    const tokens = results.filter((result) => result === 'true').length
    return [name, `${sent.filter((endpoint) => endpoint === 'token').length}`, `${tokens} of 30`]
  })
}

const reads = 20_000
const rounds = 15

/** A page that holds a token, and how much its reads cost. */
interface Reader {
  readonly name: string
  readonly ns: number[]
  run(): Promise<number>
  usedBytes(): Promise<number>
}

async function openReader({ context, app }: Visit, name: string, isSeeded: boolean): Promise<Reader> {
  const page = await open(context, app)
  if (!isSeeded) await signIn(page)
  const cdp = await context.newCDPSession(page)
  return {
    name,
    ns: [],
    run: () =>
      page.evaluate(`(async () => {
        const start = performance.now()
        for (let read = 0; read < ${reads}; read++) await window.app.accessToken()
        return ((performance.now() - start) * 1e6) / ${reads}
      })()`),
    async usedBytes() {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await cdp.send('Runtime.getHeapUsage')).usedSize
    },
  }
}

/** Reads cached tokens in all apps in turn, so that what else the machine does slows all of them. */
async function cachedReads(browser: Browser): Promise<string[][]> {
  return visit(browser, 'countersign.ts', (ours) =>
    visit(browser, 'oidc-client-ts.ts', (one) =>
      visit(browser, 'auth0-spa-js-cached.ts', async (other) => {
        const readers = [
          await openReader(ours, 'createBrowserClient, getAccessToken', false),
          await openReader(one, 'oidc-client-ts, getUser', false),
          await openReader(other, 'auth0-spa-js, getTokenSilently', true),
        ]
        for (const { run } of readers) await run()
        const before = await Promise.all(readers.map(({ usedBytes }) => usedBytes()))
        for (let round = 0; round < rounds; round++) {
          for (const { ns, run } of readers) ns.push(await run())
        }
        const after = await Promise.all(readers.map(({ usedBytes }) => usedBytes()))
        return readers.map(({ name, ns }, index) => {
          const ratios = ns.map((time, round) => time / (readers[0]?.ns[round] ?? Number.NaN))
          const left = ((after[index] ?? 0) - (before[index] ?? 0)) / (rounds * reads)
          return [name, median(ns).toFixed(0), median(ratios).toFixed(2), margin(ratios), left.toFixed(2)]
        })
      }),
    ),
  )
}

/** Prints the three tables. */
export async function printBrowserSession(): Promise<void> {
  const program = findChromium()
  if (!program) {
    console.log(`Sessions in Chromium: left out. ${chromiumAdvice}`)
    return
  }
  const browser = await launchChromium(program)
  try {
    console.log('Requests at the provider from the click to the signed-in page\n')
    const logins = []
    for (const [name, file] of [
      ['createBrowserClient', 'countersign.ts'],
      ['protocol functions', 'countersign-functions.ts'],
      ['oidc-client-ts', 'oidc-client-ts.ts'],
    ] as const) {
      logins.push(...(await loginRequests(browser, name, file)))
    }
    console.log(formatTable(['', 'requests', 'endpoints'], logins))

    console.log('\nTen parallel reads of an expired token in each of three tabs, with rotation of refresh tokens\n')
    const renewals = []
    for (const [name, file] of [
      ['createBrowserClient, localTokenStorage', 'countersign-shared.ts'],
      ['createBrowserClient, memory', 'countersign.ts'],
      ['oidc-client-ts, localStorage', 'oidc-client-ts-shared.ts'],
      ['oidc-client-ts, sessionStorage', 'oidc-client-ts.ts'],
    ] as const) {
      renewals.push(await parallelReads(browser, name, file))
    }
    console.log(formatTable(['', 'token requests', 'reads with a token'], renewals))

    console.log(`\nOne read of a cached access token, median of ${rounds} rounds of ${reads}\n`)
    const head = ['', 'ns', 'times ours', 'margin', 'bytes left on the heap']
    console.log(formatTable(head, await cachedReads(browser)))
  } finally {
    await browser.close()
  }
}
