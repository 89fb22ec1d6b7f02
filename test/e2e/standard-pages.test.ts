import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demoProject } from '@countersign/mock-idp'
import { type RunningMockIdp, startMockIdp } from '@countersign/mock-idp/node'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgePage, looks, openLook } from './judge-page.ts'
import { openContext } from './open-context.ts'

const { mira } = demoProject.users
const clientId = 'app'

let mock: RunningMockIdp
let app: Server
const posted: { readonly path: string; readonly form: URLSearchParams }[] = []
/** Calls of the front-channel logout URI. */
const called: { readonly query: Record<string, string>; readonly hasCookie: boolean }[] = []

const details = {
  scope: 'openid profile',
  authorization_details: JSON.stringify([
    {
      type: 'payment',
      actions: ['initiate', 'status'],
      identifier: 'DE89 3704 0044 0532 0130 00',
      amount: { value: '9' },
    },
    { type: 'payment', actions: ['status'], identifier: 'a'.repeat(80) },
  ]),
}

/** A page of the mock, and how a person gets there. */
const pages: [string, string, (page: Page) => Promise<void>][] = [
  ['device', 'Connect a device', async (page) => void (await page.goto(`${mock.url}/device?user_code=WDJB-MJHT`))],
  [
    'device with an unknown code',
    'This code is unknown',
    async (page) => {
      mock.idp.reset()
      await page.goto(`${mock.url}/device?user_code=WDJB-MJHT`)
      await page.getByRole('button').click()
    },
  ],
  [
    'device after too many wrong codes',
    'Too many wrong codes. Wait 10 min',
    async (page) => {
      mock.idp.reset()
      await page.goto(`${mock.url}/device`)
      for (let guess = 0; guess < 6; guess++) {
        await page.getByLabel('Code').fill('BBBB-BBBB')
        await page.keyboard.press('Enter')
        await page.getByRole('alert').waitFor()
      }
    },
  ],
  [
    'consent to authorization_details',
    'In detail, it asks to',
    async (page) => {
      await page.goto(`${mock.url}/authorize?${new URLSearchParams({ ...request(), ...details, client_id: 'third' })}`)
      await typeLogin(page)
    },
  ],
  [
    'device that is connected',
    'is connected',
    async (page) => void (await page.goto(`${mock.url}/device?outcome=approved`)),
  ],
]

const origin = () => `http://localhost:${(app.address() as AddressInfo).port}`

/** A good authorization request of the app. */
const request = () => ({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: `${origin()}/callback`,
  scope: 'openid',
  state: 'state',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})

/** Types the login of Mira. */
const typeLogin = async (page: Page) => {
  await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
  await page.locator('input[type=password]').fill(mira.password)
  await page.keyboard.press('Enter')
}

describe('the pages of the standard profile', () => {
  beforeAll(async () => {
    app = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      if (request.method === 'POST') {
        posted.push({ path: request.url ?? '', form: new URLSearchParams(Buffer.concat(chunks).toString()) })
      }
      const url = new URL(request.url ?? '/', origin())
      if (url.pathname === '/signed-out') {
        called.push({
          query: Object.fromEntries(url.searchParams),
          hasCookie: /\bapp=1\b/.test(request.headers.cookie ?? ''),
        })
      }
      response.setHeader('set-cookie', 'app=1; Path=/; HttpOnly; SameSite=Lax')
      response.setHeader('content-type', 'text/html').end('<h1>the application</h1>')
    })
    await new Promise<void>((resolve) => app.listen(0, 'localhost', resolve))
    const client = {
      client_id: clientId,
      token_endpoint_auth_method: 'none' as const,
      redirect_uris: [`${origin()}/callback`],
      first_party: true,
      frontchannel_logout_uri: `${origin()}/signed-out`,
      frontchannel_logout_session_required: true,
    }
    const third = {
      client_id: 'third',
      client_name: 'A third party',
      token_endpoint_auth_method: 'none' as const,
      redirect_uris: client.redirect_uris,
    }
    const bank = {
      identifier: 'https://bank.example',
      authorizationDetailsTypes: [{ type: 'payment', description: 'Pay from one account' }],
    }
    mock = await startMockIdp({ profile: 'standard', clients: [client, third], resources: [bank] })
  })
  afterAll(async () => {
    await mock?.close()
    app?.close()
  })

  describe.each(looks)('%s', (...look) => {
    test.each(pages)('%s: axe finds nothing, and nothing is cut off', async (_name, text, open) => {
      const page = await (await openLook(...look)).newPage()
      await open(page)
      await page.getByText(text, { exact: false }).first().waitFor()
      await judgePage(page)
    })
  })

  /** Signs Mira in by a response of `form_post`. */
  const signIn = async (page: Page) => {
    const query = { ...request(), response_mode: 'form_post' }
    await page.goto(`${mock.url}/authorize?${new URLSearchParams(query)}`)
    await typeLogin(page)
    await page.getByText('the application').waitFor()
  }
  const redeem = async () => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: posted.at(-1)?.form.get('code') ?? '',
      redirect_uri: `${origin()}/callback`,
      client_id: clientId,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    const answer = await mock.idp.fetch(new Request(`${mock.url}/token`, { method: 'POST', body }))
    return ((await answer.json()) as { id_token: string }).id_token
  }

  test('a response by form_post submits itself under the policy of its page', async () => {
    posted.length = 0
    const page = await (await openContext()).newPage()
    await signIn(page)
    expect(posted.map(({ path, form }) => [path, [...form.keys()].sort(), form.get('iss')])).toEqual([
      ['/callback', ['code', 'iss', 'state'], mock.idp.issuer],
    ])
  })

  test('the keyboard alone takes one of two details out, and the token has the other one', async () => {
    const page = await (await openContext()).newPage()
    await page.goto(`${mock.url}/authorize?${new URLSearchParams({ ...request(), ...details, client_id: 'third' })}`)
    await typeLogin(page)
    await page.getByText('In detail, it asks to').waitFor()
    const first = page.getByRole('checkbox', { name: 'Pay from one account' }).first()
    expect(await first.getAttribute('aria-describedby')).toBe('detail-0-members')
    for (let stops = 0; stops < 20 && !(await first.evaluate((box) => box === document.activeElement)); stops++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await page.getByText('the application').waitFor()
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: new URL(page.url()).searchParams.get('code') ?? '',
      redirect_uri: `${origin()}/callback`,
      client_id: 'third',
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    const answer = await mock.idp.fetch(new Request(`${mock.url}/token`, { method: 'POST', body }))
    expect((await answer.json()) as object).toMatchObject({
      authorization_details: [{ type: 'payment', actions: ['status'], identifier: 'a'.repeat(80) }],
    })
  })

  test.each([
    ['with its cookies', undefined, true],
    ['without cookies where front-channel-without-cookies is armed', 'front-channel-without-cookies', false],
  ] as const)('the signed-out page loads the address of the client in a frame, %s', async (_, fault, hasCookie) => {
    called.length = 0
    const page = await (await openContext()).newPage()
    await signIn(page)
    const hint = await redeem()
    const { sid } = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString())
    if (fault) mock.idp.faults.next(fault)
    const loaded = page.waitForResponse((response) => response.url().startsWith(`${origin()}/signed-out`))
    await page.goto(`${mock.url}/logout?${new URLSearchParams({ id_token_hint: hint })}`)
    expect((await loaded).frame()).not.toBe(page.mainFrame())
    expect(called).toEqual([{ query: { iss: mock.idp.issuer, sid }, hasCookie }])
  })
})
