import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgePage, looks, openLook } from './judge-page.ts'

const { mira } = demoProject.users
const redirectUri = 'http://localhost:9/callback'

let mock: RunningMockIdp

function authorizeUrl(clientId: string, scope: string, redirect = redirectUri): string {
  const query = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirect,
    scope,
    state: 'state',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }
  const family = clientId === demoProject.projectId ? '' : '/apps'
  return `${mock.url}/oauth2/v1${family}/authorize?${new URLSearchParams(query)}`
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
  await page.locator('input[type=password]').fill(password)
  await page.keyboard.press('Enter')
}

/** Each page of the mock, and how a person gets there. */
const pages: [string, string, (page: Page) => Promise<void>][] = [
  ['index', 'The mock is running', async (page) => void (await page.goto(mock.url))],
  ['sign-in', 'Sign in', async (page) => void (await page.goto(authorizeUrl(demoProject.projectId, 'openid')))],
  [
    'refused sign-in',
    'is not right',
    async (page) => {
      await page.goto(authorizeUrl(demoProject.projectId, 'openid'))
      await signIn(page, 'wrong')
    },
  ],
  [
    'consent',
    'Demo Partner',
    async (page) => {
      await page.goto(authorizeUrl(demoProject.partner.clientId, `openid ${demoProject.partner.scopes.join(' ')}`))
      await signIn(page, mira.password)
      await page.locator('input[type=checkbox]').first().waitFor()
    },
  ],
  [
    'code for a long address',
    'Check a.very',
    async (page) => {
      await page.goto(`${mock.url}/login/${demoProject.projectId}?flow=sign-up-or-in-with-code`)
      await page.locator('#email').fill('a.very.long.address.of.somebody.with.a.long.name@a-long-domain.example')
      await page.keyboard.press('Enter')
    },
  ],
  [
    'error',
    'cannot go on',
    async (page) => void (await page.goto(authorizeUrl(demoProject.projectId, 'openid', 'https://evil.example/'))),
  ],
  [
    'result of a stand-alone run',
    'Mira',
    async (page) => {
      await page.goto(`${mock.url}/login/${demoProject.projectId}`)
      await signIn(page, mira.password)
      await page.getByText('Mira').first().waitFor()
    },
  ],
  [
    'signed-out',
    'signed out',
    async (page) => {
      await page.goto(`${mock.url}/login/${demoProject.projectId}`)
      await signIn(page, mira.password)
      await page.getByText('Mira').first().waitFor()
      await page.goto(`${mock.url}/oauth2/v1/logout?client_id=${demoProject.projectId}`)
    },
  ],
]

describe('the hosted pages', () => {
  beforeAll(async () => {
    mock = await startMockIdp()
  })
  afterAll(async () => {
    await mock?.close()
  })

  describe.each(looks)('%s', (...look) => {
    test.each(pages)('%s: axe finds nothing, and nothing is cut off', async (_name, text, open) => {
      const page = await (await openLook(...look)).newPage()
      await open(page)
      await page.getByText(text, { exact: false }).first().waitFor()
      expect(await page.locator('script').count()).toBe(0)
      await judgePage(page)
    })
  })
})
