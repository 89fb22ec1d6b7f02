import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { type AppSession, startAppSession } from './app-session.ts'
import { inApp, whenStatus } from './serve-app.ts'

/** Three tabs that are signed in, and whose access tokens have expired since by the clock of the machine. */
async function openThreeTabs({ mock, app, context, page, signInAtProvider }: AppSession): Promise<Page[]> {
  await signInAtProvider()
  const tabs = [page, await context.newPage(), await context.newPage()]
  for (const tab of tabs) {
    await tab.goto(`${app.origin}/orders`)
    await whenStatus(tab, 'authenticated')
  }
  // Somebody sets the clock of the machine; the one of the page goes on.
  for (const tab of tabs) await tab.evaluate('{ const { now } = Date; Date.now = () => now() + 7_200_000 }')
  // Within the same second the provider would sign the same tokens again.
  mock.idp.clock.advance(2)
  return tabs
}

/** Reads the token ten times at once in every tab; gives the different tokens that each tab got. */
const readInParallel = (tabs: readonly Page[]): Promise<string[][]> =>
  Promise.all(
    tabs.map((tab) =>
      inApp(tab, async ({ client }) => [
        ...new Set(await Promise.all(Array.from({ length: 10 }, () => client.getAccessToken()))),
      ]),
    ),
  )

const tokenRequests = ({ mock }: AppSession): number =>
  mock.idp.log.entries.filter(({ endpoint }) => endpoint === 'token').length

test.each([
  ['that share a storage send one token request (behaviours 15 and 17)', { tokens: 'local' }, 1],
  ['that keep tokens in memory send one each (behaviours 15 and 26)', {}, 3],
] as const)(
  'thirty parallel reads of an expired token in three tabs %s',
  async (_title, client, expected) => {
    const session = await startAppSession({ client })
    const tabs = await openThreeTabs(session)
    const before = tokenRequests(session)
    const tokens = await readInParallel(tabs)
    expect(tokens.map(({ length }) => length)).toEqual([1, 1, 1])
    expect(tokenRequests(session) - before).toBe(expected)
  },
  60_000,
)
