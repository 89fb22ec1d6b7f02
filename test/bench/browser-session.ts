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

/** Nanoseconds of each read, in rounds, and bytes of the heap that stay for each read. */
async function cachedReads(
  browser: Browser,
  file: string,
  isSeeded: boolean,
): Promise<{ ns: number[]; bytes: number }> {
  return visit(browser, file, async ({ app, context }) => {
    const page = await open(context, app)
    if (!isSeeded) await signIn(page)
    const run = () =>
      page.evaluate(`(async () => {
        const start = performance.now()
        for (let read = 0; read < ${reads}; read++) await window.app.accessToken()
        return ((performance.now() - start) * 1e6) / ${reads}
      })()`) as Promise<number>
    const cdp = await context.newCDPSession(page)
    const used = async (): Promise<number> => {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await cdp.send('Runtime.getHeapUsage')).usedSize
    }
    await run()
    const before = await used()
    const ns: number[] = []
    for (let round = 0; round < rounds; round++) ns.push(await run())
    return { ns, bytes: ((await used()) - before) / (rounds * reads) }
  })
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
    const costs = []
    for (const [name, file] of [
      ['createBrowserClient, getAccessToken', 'countersign.ts'],
      ['oidc-client-ts, getUser', 'oidc-client-ts.ts'],
      ['auth0-spa-js, getTokenSilently', 'auth0-spa-js-cached.ts'],
    ] as const) {
      const { ns, bytes } = await cachedReads(browser, file, file.includes('cached'))
      costs.push([name, median(ns).toFixed(0), margin(ns), bytes.toFixed(2)])
    }
    console.log(formatTable(['', 'ns', 'margin', 'bytes left on the heap'], costs))
  } finally {
    await browser.close()
  }
}
