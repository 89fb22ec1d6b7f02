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

/** A page of the mock, and how a person gets there. */
const pages: [string, string, (page: Page) => Promise<void>][] = [
  ['device', 'Connect a device', async (page) => void (await page.goto(`${mock.url}/device?user_code=WDJB-MJHT`))],
  [
    'device with an unknown code',
    'This code is unknown',
    async (page) => {
      await page.goto(`${mock.url}/device?user_code=WDJB-MJHT`)
      await page.getByRole('button').click()
    },
  ],
  [
    'device that is connected',
    'is connected',
    async (page) => void (await page.goto(`${mock.url}/device?outcome=approved`)),
  ],
]

const origin = () => `http://localhost:${(app.address() as AddressInfo).port}`

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
    mock = await startMockIdp({ profile: 'standard', clients: [client] })
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
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: `${origin()}/callback`,
      response_mode: 'form_post',
      scope: 'openid',
      state: 'state',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    }
    await page.goto(`${mock.url}/authorize?${new URLSearchParams(query)}`)
    await page.locator('input:not([type=hidden]):not([type=password])').first().fill(mira.loginId)
    await page.locator('input[type=password]').fill(mira.password)
    await page.keyboard.press('Enter')
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
