import type { FlowDefinition, MockIdp, MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, authorizeUrl, claimsOf, fixedIdp, get, mira, post, redeem } from '../support/relying-party.ts'

const right = { loginId: mira.loginId, password: mira.password }

/** Opens the hosted page without a login request. */
async function open(idp: MockIdp, query = '') {
  const response = await get(idp, `/login/${idp.projectId}${query}`, { accept: 'text/html' })
  const html = await response.text()
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const hidden = { executionId: field('executionId'), stepId: field('stepId'), csrf: field('csrf') }
  const submit = (fields: Record<string, string>, browser = cookie) =>
    post(idp, `/login/${idp.projectId}`, { ...hidden, ...fields }, { cookie: browser, accept: 'text/html' })
  return { response, html, cookie, hidden, submit }
}

const ask: FlowDefinition = {
  id: 'ask',
  start: 'ask',
  nodes: {
    ask: {
      kind: 'screen',
      title: 'Hello {{client.who}}',
      text: 'Text for {{client.who}}',
      fields: [
        { name: 'displayName', type: 'text', label: 'Your name', required: true, default: '{{client.who}}' },
        { name: 'size', type: 'select', options: ['S', 'M'], default: 'M' },
        { name: 'terms', type: 'checkbox', label: 'I agree' },
        { name: 'code', type: 'code' },
        { name: 'photo', type: 'file' },
      ],
      buttons: [
        { id: 'go', label: 'Go on', next: 'done' },
        { id: 'back', label: 'Not now', next: 'sorry', skipValidation: true },
      ],
    },
    sorry: { kind: 'end', outcome: 'failure', message: 'Another time.' },
    done: { kind: 'end', outcome: 'success' },
  },
}
const config: MockIdpConfig = { flows: [ask] }

describe('the hosted flow page without a login request (S-146)', () => {
  it('runs the flow and ends on a result page with a session (S-067, S-146)', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    expect([page.response.status, page.html.includes('<h1>Sign in</h1>')]).toEqual([200, true])
    const done = await page.submit(right)
    expect(await done.text()).toContain('Mira Tal')
    expect(done.headers.getSetCookie()[0]).toMatch(/^DSR=ey/)
    expect(idp.sessions.list()).toHaveLength(1)
  })

  it.each(['/login', ''])('opens at %s/<project id>; without flow it is sign-up-or-in (S-067)', async (folder) => {
    const idp = fixedIdp(config)
    const heading = async (query: string) =>
      /<h1>([^<]*)/.exec(await (await get(idp, `${folder}/${idp.projectId}${query}`)).text())?.[1]
    expect(await heading('')).toBe('Sign in')
    expect(await heading('?flow=sign-up-or-in')).toBe('Sign in')
    expect(await heading('?flow=ask')).toBe('Hello ')
  })

  it('ends a failed flow on a page that says why', async () => {
    const html = await (await (await open(fixedIdp(config), '?flow=ask')).submit({ button: 'back' })).text()
    expect(html).toContain('The flow has failed')
    expect(html).toContain('Another time.')
  })

  it('refuses a submission of another browser, without the token, and after 15 minutes (4.1, 2.13)', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    expect((await page.submit(right, '')).status).toBe(400)
    expect((await page.submit({ ...right, csrf: 'x' })).status).toBe(400)
    idp.clock.advance(15 * 60 + 1)
    const late = await page.submit(right)
    expect([late.status, (await late.text()).includes('expired')]).toEqual([400, true])
    expect(idp.sessions.list()).toEqual([])
  })

  it('shows the current screen again for an older step and changes nothing (4.1)', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    await page.submit({ loginId: 'x', password: 'y' })
    const stale = await page.submit(right)
    expect([stale.status, idp.sessions.list()]).toEqual([200, []])
    expect(idp.flows.logs(page.hidden.executionId)?.at(-1)?.kind).toBe('step.stale')
  })
})

describe('a snapshot', () => {
  it('keeps a run that waits: its page can be submitted again', async () => {
    const idp = fixedIdp()
    const page = await open(idp)
    const snapshot = idp.snapshot()
    expect(await (await page.submit(right)).text()).toContain('Mira Tal')
    snapshot.restore()
    expect(idp.sessions.list()).toEqual([])
    expect(await (await page.submit(right)).text()).toContain('Mira Tal')
    expect(idp.sessions.list()).toHaveLength(1)
    expect(idp.flows.logs(page.hidden.executionId)?.at(-1)?.kind).toBe('flow.end')
  })
})

describe('a screen', () => {
  it('is a labelled form of its fields, every value escaped (S-069, S-231)', async () => {
    const { html, response } = await open(fixedIdp(config), '?flow=ask&client.who=%3Cb%3EDana%3C/b%3E')
    expect(html).toContain('<h1>Hello &lt;b&gt;Dana&lt;/b&gt;</h1>')
    expect(html).toContain('Text for &lt;b&gt;Dana&lt;/b&gt;')
    expect(html).not.toContain('<b>Dana')
    expect(html).toMatch(
      /<input id="display-name" name="displayName" type="text" autocomplete="name" required value="&lt;b/,
    )
    expect(html).toContain('<option selected>M</option>')
    expect(html).toContain('autocomplete="one-time-code"')
    expect(html).toContain('enctype="multipart/form-data"')
    for (const id of ['display-name', 'size', 'terms', 'code', 'photo']) {
      expect([id, html.includes(`<label for="${id}">`)]).toEqual([id, true])
    }
    expect(html.match(/autofocus/g)).toHaveLength(1)
    expect(html).not.toMatch(/<script|javascript:/i)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('takes a document in (S-384)', async () => {
    const idp = fixedIdp(config)
    const page = await open(idp, '?flow=ask')
    const body = new FormData()
    for (const [name, value] of Object.entries({ ...page.hidden, displayName: 'Dana', button: 'go' }))
      body.set(name, value)
    body.set('photo', new File(['abc'], 'me.png', { type: 'image/png' }))
    const url = new URL(`/login/${idp.projectId}`, idp.origin)
    const response = await idp.fetch(new Request(url, { method: 'POST', body, headers: { cookie: page.cookie } }))
    expect(await response.text()).toContain('The flow has ended')
    const submitted = idp.flows.logs(page.hidden.executionId)?.find(({ kind }) => kind === 'screen.submitted')
    const photo = { fileName: 'me.png', contentType: 'image/png', data: 'YWJj' }
    expect(submitted?.data).toMatchObject({ form: { photo } })
  })

  it('honours title, and knows the device again after a login (2.13, S-251)', async () => {
    const idp = fixedIdp()
    const page = await open(idp, '?title=Welcome')
    expect(page.html).toContain('<h1>Welcome</h1>')
    const cookies = (await page.submit(right)).headers.getSetCookie()
    expect(cookies[1]).toMatch(/^mock_device=[\w-]+; .*HttpOnly/)
  })
})

describe('magic links', () => {
  const flow: FlowDefinition = {
    id: 'link',
    start: 'send',
    nodes: {
      send: { kind: 'action', action: 'magic-link', args: { mode: 'sign-in', to: mira.loginId }, next: 'done' },
      done: { kind: 'end', outcome: 'success' },
    },
  }

  it('are sent to the outbox; the page waits until one was opened (4.4)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const page = await open(idp, '?flow=link')
    expect(page.html).toContain('Check your messages')
    const early = await (await page.submit({})).text()
    expect(early).toContain('Check your messages')
    const stepId = /name="stepId" value="(\d+)"/.exec(early)?.[1] ?? ''
    expect(idp.outbox.list(mira.loginId)).toHaveLength(1)
    const link = idp.outbox.list(mira.loginId)[0]?.link ?? ''
    expect((await get(idp, link)).status).toBe(200)
    expect(await (await page.submit({ stepId })).text()).toContain('Mira Tal')
    expect((await get(idp, link)).status).toBe(400)
  })
})

describe('the JSON API of flows (S-141, 2.13)', () => {
  async function call(idp: MockIdp, path: string, body: unknown, cookie = '') {
    const headers = { 'content-type': 'application/json', cookie }
    const url = new URL(`/v1/flow/${path}`, idp.origin)
    const response = await idp.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))
    const own = response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    return { ...(await answerOf(response)), cookie: own }
  }

  it('walks a stand-alone run and gives authInfo', async () => {
    const idp = fixedIdp()
    const first = await call(idp, 'start', { flowId: 'sign-up-or-in', options: { client: { a: 1 } } })
    expect(first.body).toMatchObject({
      status: 'waiting',
      action: 'screen',
      stepName: 'ask',
      screen: { id: 'ask', state: { title: 'Sign in', fields: [{ name: 'loginId' }, { name: 'password' }] } },
    })
    const { executionId, stepId } = first.body
    const wrong = await call(idp, 'next', { executionId, stepId, interactionId: 'sign-in', input: {} }, first.cookie)
    expect(wrong.body.screen.state.error).toContain('not right')
    const next = { executionId, stepId: wrong.body.stepId, interactionId: 'sign-in', input: right }
    expect((await call(idp, 'next', next)).status).toBe(400)
    const done = await call(idp, 'next', next, first.cookie)
    expect(done.body).toMatchObject({ status: 'completed', action: 'none' })
    expect(claimsOf(done.body.authInfo.sessionJwt)).toMatchObject({ sub: mira.id })
    expect(done.cookie).toContain('DSR=ey')
    expect((await call(idp, 'next', next, first.cookie)).status).toBe(400)
  })

  it('finishes a login request of a self-hosted page with a redirect', async () => {
    const idp = fixedIdp({ defaultApp: { loginPageUrl: 'http://localhost:3000/page?flow=sign-up-or-in' } })
    const start = await get(idp, authorizeUrl(idp))
    const location = new URL(start.headers.get('location') ?? '')
    expect(location.origin).toBe('http://localhost:3000')
    const cookie = start.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const options = { oidcIdpStateId: location.searchParams.get('state_id') }
    const { body } = await call(idp, 'start', { flowId: 'sign-up-or-in', options }, cookie)
    const done = await call(idp, 'next', { ...body, interactionId: 'sign-in', input: right }, cookie)
    expect(done.body).toMatchObject({ status: 'completed', action: 'redirect' })
    expect(done.body).not.toHaveProperty('authInfo')
    const end = await get(idp, done.body.redirect.url, { cookie })
    const code = new URL(end.headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('gives the runner log with the option debug, and only then (2.13, S-044)', async () => {
    const idp = fixedIdp()
    const { body } = await call(idp, 'start', { flowId: 'sign-up-or-in', options: { debug: true } })
    expect(body.runnerLogs.map(({ kind }: { kind: string }) => kind)).toEqual([
      'flow.start',
      'condition.evaluated',
      'screen.shown',
    ])
    expect((await call(idp, 'start', { flowId: 'sign-up-or-in' })).body).not.toHaveProperty('runnerLogs')
  })

  it('takes what a page knows: the last login id, who began, an external token, the test group (4.6)', async () => {
    const keys = ['lastAuth.loginId', 'idpInitiated', 'externalToken', 'abTestingKey']
    const output = Object.fromEntries(keys.map((key, index) => [`o${index}`, { dynamic: key }]))
    const flow: FlowDefinition = {
      id: 'known',
      start: 'done',
      nodes: { done: { kind: 'end', outcome: 'success', output } },
    }
    const idp = fixedIdp({ flows: [flow] })
    const known = { lastAuth: { loginId: 'a@b.example' }, idpInitiated: true, externalToken: 'x', abTestingKey: 42 }
    const told = await call(idp, 'start', { flowId: 'known', options: known })
    expect(told.body.output).toEqual({ o0: 'a@b.example', o1: true, o2: 'x', o3: 42 })
    expect((await call(idp, 'start', { flowId: 'known' })).body.output).toEqual({ o1: false })
  })

  it('refuses unknown flows and runs, other media types and bodies that are no object', async () => {
    const idp = fixedIdp()
    expect((await call(idp, 'start', { flowId: 'none' })).status).toBe(404)
    expect((await call(idp, 'next', { executionId: 'none' })).status).toBe(400)
    expect((await call(idp, 'start', [])).status).toBe(400)
    expect((await post(idp, '/v1/flow/start', { flowId: 'sign-up-or-in' })).status).toBe(415)
  })
})
