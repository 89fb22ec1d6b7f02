import type { FlowDefinition, FlowNode } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, claimsOf, codeFor, fixedIdp, get, mira, redeem } from '../support/relying-party.ts'

const done: FlowNode = { kind: 'end', outcome: 'success', output: { amr: { dynamic: 'jwtClaims.amr' } } }

/** Signs somebody up or in by a one-time code. */
const byCode = (to: string): FlowDefinition => ({
  id: 'by-code',
  start: 'send',
  nodes: {
    send: { kind: 'action', action: 'otp-start', args: { channel: 'email', to }, next: 'verify' },
    verify: { kind: 'action', action: 'otp-verify', args: { mode: 'sign-up-or-in', code: '123456' }, next: 'done' },
    done,
  },
})

describe('who signs in', () => {
  it('an unknown user is created once; firstSeen is true for that run alone (S-055)', async () => {
    const idp = fixedIdp({ flows: [byCode('new@acme.example')] })
    const count = idp.users.list().length
    const first = await idp.flows.run('by-code')
    expect([first.status, first.value('authInfo.firstSeen')]).toEqual(['completed', true])
    const second = await idp.flows.run('by-code')
    expect([second.status, second.value('authInfo.firstSeen')]).toEqual(['completed', false])
    expect(idp.users.list()).toHaveLength(count + 1)
  })

  it('a known user who comes by another method than a password is the same user; amr says how (S-056)', async () => {
    const idp = fixedIdp({ flows: [byCode(mira.loginId)] })
    const count = idp.users.list().length
    const run = await idp.flows.run('by-code')
    expect([run.value('user.userId'), run.output]).toEqual([mira.id, { amr: ['email'] }])
    expect(idp.users.list()).toHaveLength(count)
  })
})

describe('what a flow brings into tokens', () => {
  const flow: FlowDefinition = {
    id: 'with-attribute',
    start: 'login',
    nodes: {
      login: {
        kind: 'action',
        action: 'password-auth',
        args: { mode: 'sign-in', loginId: mira.loginId, password: mira.password },
        next: 'claims',
      },
      claims: {
        kind: 'action',
        action: 'custom-claims',
        claims: [{ key: 'born', type: 'dynamic', value: 'user.customAttributes.dob' }],
        next: 'done',
      },
      done,
    },
  }

  it('a custom claim from a custom attribute of the user, with its scope (S-119)', async () => {
    const idp = fixedIdp({ flows: [flow], userTemplate: {} })
    const born = async (scope: string) => {
      const { body } = await redeem(idp, await codeFor(idp, { flow: 'with-attribute', scope }))
      return claimsOf(body.id_token).born
    }
    expect(await born('openid descope.custom_claims')).toBe('1991-04-30')
    expect(await born('openid')).toBeUndefined()
  })
})

describe('what the hosting URL says (2.13)', () => {
  const ask = (title: string): FlowDefinition => ({
    id: 'ask',
    start: 'ask',
    nodes: {
      ask: {
        kind: 'screen',
        title,
        text: 'For {{client.who}}{{tenant.name}}{{form.userCode}}',
        fields: [{ name: 'name', type: 'text', label: 'Name' }],
        buttons: [{ id: 'go', label: 'Go on', next: 'done' }],
      },
      done,
    },
  })
  const open = async (idp: ReturnType<typeof fixedIdp>, query: string) =>
    (await get(idp, `/login/${idp.projectId}?${query}`, { accept: 'text/html' })).text()

  it('flow, tenant, title, debug, user code and client values count; style, theme and sizes are ignored silently (S-140)', async () => {
    const idp = fixedIdp({ flows: [ask('Hello')] })
    const plain = await open(idp, 'flow=ask')
    expect(plain).toContain('<h1>Hello</h1>')
    expect(await open(idp, 'flow=ask&title=Welcome')).toContain('<h1>Welcome</h1>')
    expect(await open(idp, 'flow=ask&client.who=you')).toContain('For you')
    expect(await open(idp, 'flow=ask&tenant=acme.example')).toContain('For Acme')
    expect(await open(idp, 'flow=ask&user_code=WDJB-MJHT')).toContain('For WDJB-MJHT')
    expect(await open(idp, 'flow=ask&debug=true')).toContain('Runner log')
    const ignored = 'theme=dark&style=x&bg=red&wide=true&width=1&height=1&shadow=false&store_last_auth_user=1'
    const withoutIds = (html: string) => html.replaceAll(/value="[^"]*"/g, '')
    expect(withoutIds(await open(idp, `flow=ask&${ignored}`))).toBe(withoutIds(plain))
    expect(idp.log.entries.at(-1)?.notes).toEqual([])
  })

  it('a changed definition changes the journey of the next login; styling parameters do not (S-227)', async () => {
    const idp = fixedIdp({ flows: [ask('Before')] })
    expect(await open(idp, 'flow=ask')).toContain('<h1>Before</h1>')
    idp.flows.put(ask('After'))
    expect(await open(idp, 'flow=ask&style=brand')).toContain('<h1>After</h1>')
    expect((await get(idp, authorizeUrl(idp, { flow: 'ask', style: 'brand' }))).headers.get('location')).toContain(
      'style=brand',
    )
  })
})

describe('the name of the session cookie', () => {
  const flow: FlowDefinition = {
    id: 'own-cookie',
    start: 'send',
    nodes: {
      ...byCode(mira.loginId).nodes,
      done: { kind: 'end', outcome: 'success', sessionCookieName: 'acme_session' },
    },
  }

  /** Signs Mira in by the flow and gives the cookies that were set. */
  async function signedIn() {
    const idp = fixedIdp({ flows: [flow] })
    await idp.driver.login(authorizeUrl(idp, { flow: 'own-cookie' }), { user: mira.loginId })
    return { idp, cookies: idp.driver.cookies }
  }

  it('is the one of the end node, and is found again by silent authentication and logout (2.5)', async () => {
    const { idp, cookies } = await signedIn()
    expect(cookies).toMatch(/acme_session=eyJ/)
    expect(cookies).not.toContain('DSR=')
    const silent = await get(idp, authorizeUrl(idp, { prompt: 'none' }), { cookie: cookies })
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('code')).toBeTruthy()
    const logout = await get(idp, `/oauth2/v1/logout?client_id=${idp.projectId}`, { cookie: cookies })
    expect(logout.headers.getSetCookie().join()).toMatch(/acme_session=; Path=\/; Max-Age=0/)
    const after = await get(idp, authorizeUrl(idp, { prompt: 'none' }), { cookie: cookies })
    expect(new URL(after.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required')
  })

  it('counts for that session alone: its value under another name is no session', async () => {
    const { idp, cookies } = await signedIn()
    const renamed = cookies.replace('acme_session=', 'DSR=')
    const silent = await get(idp, authorizeUrl(idp, { prompt: 'none' }), { cookie: renamed })
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required')
  })

  it.each(['DS', '', '1st', 'a b', 'a=b', 'a;b'])('is refused as %j', (sessionCookieName) => {
    const done = { kind: 'end', outcome: 'success', sessionCookieName } as const
    expect(() => fixedIdp({ flows: [{ ...flow, nodes: { ...flow.nodes, done } }] })).toThrow(/sessionCookieName/)
  })
})
