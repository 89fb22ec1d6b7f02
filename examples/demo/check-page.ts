import assert from 'node:assert/strict'
import { type DemoUser, demoProject } from '@countersign/mock-idp'
import type { Browser, Page, Request } from 'playwright'
import type { Step } from './check.ts'
import type { Demo } from './start-demo.ts'

/** One of the two single-page apps, and who signs in there. */
export interface PageUnderCheck {
  readonly name: string
  readonly url: string
  readonly user: 'mira' | 'noa'
}

/** What the profile shows of a user. */
const profiles = {
  mira: ['mira@acme.example (verified)', 'Contact Reader', 'contacts.view'],
  noa: ['noa@globex.example (not verified)', `${demoProject.tenants.globex} Contact Reader`],
} as const

const waitMs = 8000

/** The story of one page: two tabs of one browser, from the first visit to the logout. */
export async function pageSteps({ idp, urls }: Demo, browser: Browser, app: PageUnderCheck): Promise<Step[]> {
  const user = demoProject.users[app.user]
  const start = `${app.url}/contacts?sort=company#top`
  const context = await browser.newContext()
  context.setDefaultTimeout(waitMs)
  const scriptErrors: string[] = []
  context.on('weberror', (error) => scriptErrors.push(String(error.error())))
  const first = await context.newPage()
  // A tab in the background is slow, so each one comes to the front for its steps.
  const second = await context.newPage()
  await first.bringToFront()
  const codeExchanges = () =>
    idp.log.entries.filter(({ endpoint, parameters }) => {
      return endpoint === 'token' && parameters.grant_type === 'authorization_code'
    }).length

  const step = (title: string, run: () => Promise<void>): Step => ({
    title: `${app.name}: ${title}`,
    async run() {
      try {
        await run()
        assert.deepEqual(scriptErrors, [], 'a script of the page failed')
      } catch (error) {
        const seen = await Promise.all([first, second].map(describePage))
        throw new Error([error instanceof Error ? error.message : String(error), ...seen].filter(Boolean).join('\n'), {
          cause: error,
        })
      }
    },
  })

  return [
    step(`signs ${user.name} in, and is back at the address where the login began`, async () => {
      await first.goto(start)
      await button(first, 'Sign in').click()
      await first.waitForURL((url) => url.origin === urls.idp)
      assert.equal(await first.locator('script').count(), 0, 'the page of the provider has a script')
      const before = codeExchanges()
      await fillSignInForm(first, user)
      await first.waitForURL((url) => url.href === start)
      await button(first, 'Sign out').or(first.getByRole('alert')).waitFor()
      assert.ok(await button(first, 'Sign out').isVisible(), 'the page does not say that somebody is signed in')
      const { pathname, search, hash } = new URL(start)
      await first.locator('footer code', { hasText: `${pathname}${search}${hash}` }).waitFor()
      assert.equal(codeExchanges() - before, 1, 'the code was not exchanged exactly once')
    }),
    step('shows the profile, and the roles from the ID token', async () => {
      await showsProfile(first, app.user)
      const granted = first.getByRole('list', { name: 'Granted scopes' }).getByRole('listitem')
      const scopes = ['openid', 'descope.claims', 'profile', 'email', 'contacts.read']
      assert.deepEqual(await granted.allInnerTexts(), scopes)
    }),
    step('reads contacts from the API, allowed by scope contacts.read', async () => {
      const contacts = first.getByRole('region', { name: 'Contacts' })
      await contacts.getByText('This page expects: allowed').waitFor()
      await button(first, 'Read contacts').click()
      // Sorted by company: the query of the address survived the login too.
      await contacts.getByRole('table', { name: 'Contacts, sorted by company' }).waitFor()
      const names = await contacts.locator('tbody td:first-child').allInnerTexts()
      assert.deepEqual(names, ['Luis Romero', 'Priya Nair', 'Tom Okafor', 'Ada Lindqvist'])
    }),
    step('is refused invoices, and says that scope billing.read is missing', async () => {
      const invoices = first.getByRole('region', { name: 'Invoices' })
      await invoices.getByText('This page expects: refused. Missing: scope billing.read.').waitFor()
      await button(first, 'Read invoices').click()
      const reason = 'Refused by the API: 403 insufficient_scope. The token lacks the scope billing.read.'
      await invoices.getByRole('status').getByText(reason).waitFor()
    }),
    step('renews the access token with the refresh token, and shows the new expiry', async () => {
      const expiry = first.locator('time')
      const before = (await expiry.getAttribute('datetime')) ?? ''
      const renewal = first.waitForRequest((request) => formOf(request).get('grant_type') === 'refresh_token')
      await button(first, 'Renew now').click()
      await renewal
      await first.getByText('Renewed with the refresh token.').waitFor()
      const after = (await expiry.getAttribute('datetime')) ?? ''
      assert.ok(after > before, `the expiry shown went from ${before} to ${after}`)
    }),
    step('signs in a second tab silently, by a hidden frame with prompt=none', async () => {
      await second.bringToFront()
      const visited: string[] = []
      second.on('framenavigated', (frame) => frame === second.mainFrame() && visited.push(frame.url()))
      const silent = second.waitForRequest((request) => {
        return request.url().startsWith(urls.idp) && new URL(request.url()).searchParams.get('prompt') === 'none'
      })
      await second.goto(start)
      assert.equal((await silent).frame().parentFrame(), second.mainFrame(), 'it was not sent from a frame of the page')
      await showsProfile(second, app.user)
      assert.deepEqual(visited, [start], 'the tab itself went somewhere')
      const stored = await second.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
      assert.doesNotMatch(stored, /eyJ/, 'there is a token in a storage')
    }),
    step('signs the second tab out with the first one, without a reload', async () => {
      await second.evaluate(() => document.body.setAttribute('data-loaded', 'once'))
      await first.bringToFront()
      const revocation = first.waitForRequest((request) => request.url().endsWith('/revoke'))
      await button(first, 'Sign out').click()
      await revocation
      for (const tab of [first, second]) await tab.getByRole('heading', { name: 'Signed out' }).waitFor()
      assert.equal(await second.locator('body').getAttribute('data-loaded'), 'once', 'the second tab was loaded again')
      await second.reload()
      await button(second, 'Sign in').waitFor()
      await context.close()
    }),
  ]
}

/** Fills the form of the identity provider in and sends it. */
export async function fillSignInForm(page: Page, { loginId, password }: DemoUser): Promise<void> {
  await page.getByLabel('Login ID').fill(loginId)
  await page.getByLabel('Password').fill(password)
  await button(page, 'Sign in').click()
}

async function showsProfile(page: Page, user: PageUnderCheck['user']): Promise<void> {
  const { name } = demoProject.users[user]
  const profile = page.getByRole('region', { name })
  for (const text of [name, ...profiles[user]]) await profile.getByText(text, { exact: true }).waitFor()
}

/** Where a page is and what it says, for the report of a failure. */
async function describePage(page: Page): Promise<string> {
  if (page.isClosed() || page.url() === 'about:blank') return ''
  const seen = page.locator('main').ariaSnapshot({ timeout: 1000 })
  const shown = await seen.catch(() => '(nothing)')
  return `${page.url()} shows:\n${shown}`
}

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

function formOf(request: Request): URLSearchParams {
  return new URLSearchParams(request.postData() ?? '')
}
