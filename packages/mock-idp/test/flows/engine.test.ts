import { demoProject, type FlowDefinition, type FlowNode, type OnError } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  claimsOf,
  codeFor,
  fixedIdp,
  get,
  iva,
  mira,
  noa,
  redeem,
  signIn,
} from '../support/relying-party.ts'

const ok: FlowNode = { kind: 'end', outcome: 'success' }
const right = { loginId: mira.loginId, password: mira.password }

/** A flow with one failing node behind an optional screen. */
function failing(onError: OnError | undefined, withScreen = true): FlowDefinition {
  return {
    id: 'failing',
    start: withScreen ? 'screen' : 'fail',
    nodes: {
      screen: { kind: 'screen', title: 'Hello {{form.name}}', buttons: [{ id: 'go', label: 'Go', next: 'fail' }] },
      fail: { kind: 'action', action: 'load-user', next: 'done', ...(onError && { onError }) },
      other: { kind: 'end', outcome: 'success', output: { went: 'other' } },
      special: { kind: 'end', outcome: 'success', output: { went: 'special' } },
      done: { kind: 'end', outcome: 'success', output: { went: 'on', code: { dynamic: 'errors.fail.code' } } },
    },
  }
}

describe('error routes (4.2)', () => {
  it.each<[string, OnError | undefined, object]>([
    [
      'automatic shows the message on the last screen',
      undefined,
      { screen: { id: 'screen', error: 'Nobody is signed in.' } },
    ],
    [
      'automatic takes a message of its own',
      { mode: 'automatic', message: 'No, {{form.name}}' },
      { screen: { id: 'screen', error: 'No, Dana' } },
    ],
    ['custom goes to its node', { mode: 'custom', next: 'other' }, { output: { went: 'other' } }],
    [
      'custom goes by code',
      { mode: 'custom', next: 'other', byCode: { NoSession: 'special' } },
      { output: { went: 'special' } },
    ],
    ['ignore goes on', { mode: 'ignore' }, { output: { went: 'on', code: 'NoSession' } }],
  ])('%s', async (_mode, onError, expected) => {
    const run = await fixedIdp({ flows: [failing(onError)] }).flows.run('failing', {
      screens: [{}],
      form: { name: 'Dana' },
    })
    expect(run).toMatchObject(expected)
  })

  it('automatic without a screen before fails the flow', async () => {
    const run = await fixedIdp({ flows: [failing(undefined, false)] }).flows.run('failing')
    expect(run).toMatchObject({ status: 'failed', error: { code: 'NoSession' } })
    expect(run.log.at(-1)).toMatchObject({ kind: 'flow.error', level: 'error' })
  })

  it.each([
    [undefined, { status: 'failed', error: { code: 'SubflowFailed', message: 'Closed' } }],
    [
      { mode: 'custom', next: 'routed' },
      { status: 'completed', output: { message: 'Closed' } },
    ],
  ] as const)('a failure end of a subflow with onError %o', async (onError, expected) => {
    const inner: FlowDefinition = {
      id: 'inner',
      start: 'end',
      nodes: { end: { kind: 'end', outcome: 'failure', message: 'Closed' } },
    }
    const outer: FlowDefinition = {
      id: 'outer',
      start: 'sub',
      nodes: {
        sub: { kind: 'subflow', flow: 'inner', next: 'done', ...(onError && { onError }) },
        routed: { kind: 'end', outcome: 'success', output: { message: { dynamic: 'errors.sub.message' } } },
        done: ok,
      },
    }
    expect(await fixedIdp({ flows: [inner, outer] }).flows.run('outer')).toMatchObject(expected)
  })
})

describe('an execution (4.1)', () => {
  it('ends with FlowLoop after 200 steps without a screen', async () => {
    const flow: FlowDefinition = {
      id: 'loop',
      start: 'a',
      nodes: {
        a: { kind: 'condition', rules: [{ all: [{ key: 'form.stop', op: 'is-true' }], next: 'done' }], else: 'a' },
        done: ok,
      },
    }
    const run = await fixedIdp({ flows: [flow] }).flows.run('loop')
    expect(run).toMatchObject({ status: 'failed', error: { code: 'FlowLoop' } })
  })

  it('waits on a screen until fields are filled in (S-231)', async () => {
    const flow: FlowDefinition = {
      id: 'fields',
      start: 'ask',
      nodes: {
        ask: {
          kind: 'screen',
          fields: [
            { name: 'mail', type: 'email', label: 'Mail', required: true },
            { name: 'zip', type: 'text', label: 'Zip', pattern: '\\d{5}' },
          ],
          buttons: [
            { id: 'go', label: 'Go', next: 'done' },
            { id: 'skip', label: 'Skip', next: 'done', skipValidation: true },
          ],
        },
        done: ok,
      },
    }
    const { flows } = fixedIdp({ flows: [flow] })
    const errorOf = async (input: object, button?: string) =>
      (await flows.run('fields', { screens: [{ input: { ...input }, ...(button !== undefined && { button }) }] }))
        .screen?.error
    expect(await errorOf({})).toBe('Please fill in: Mail.')
    expect(await errorOf({ mail: 'x' })).toBe('This is not an e-mail address: Mail.')
    expect(await errorOf({ mail: 'a@b.example', zip: '1' })).toBe('This does not fit: Zip.')
    expect(await errorOf({ mail: 'a@b.example', zip: '12345' })).toBeUndefined()
    expect(await errorOf({}, 'skip')).toBeUndefined()
    expect(await errorOf({}, 'unknown')).toBe('This button is not on the screen.')
  })

  it('keeps documents up to 1 MiB (S-384)', async () => {
    const flow: FlowDefinition = {
      id: 'upload',
      start: 'ask',
      nodes: {
        ask: {
          kind: 'screen',
          fields: [{ name: 'passport', type: 'file' }],
          buttons: [{ id: 'go', label: 'Go', next: 'done' }],
        },
        done: ok,
      },
    }
    const { flows } = fixedIdp({ flows: [flow] })
    const upload = async (data: string) => {
      const passport = { fileName: 'p.png', contentType: 'image/png', data }
      return (await flows.run('upload', { screens: [{ input: { passport } }] })).value('documents.passport')
    }
    expect(await upload('AAAA')).toEqual({ fileName: 'p.png', contentType: 'image/png', size: 3, data: 'AAAA' })
    const largest = Buffer.alloc(1024 * 1024).toString('base64')
    expect(await upload(largest)).toMatchObject({ size: 1_048_576 })
    expect(await upload(Buffer.alloc(1024 * 1024 + 1).toString('base64'))).toBeUndefined()
  })

  it('runs headless and gives tokens, values and log, nested values of the connector too (S-031, S-042, S-044, S-047)', async () => {
    const idp = fixedIdp()
    const run = await idp.flows.run('sign-up-or-in-with-dob', { screens: [{ input: right }] })
    expect(claimsOf(run.tokens?.idToken ?? '')).toMatchObject({ sub: mira.id, dob: '1984-02-09' })
    expect(run.value('connectors.random.employment.title')).toBe('Harbour Pilot')
    expect(idp.flows.logs(run.executionId)).toEqual(run.log)
    expect(run.log.map(({ seq }) => seq)).toEqual(run.log.map((_, index) => index + 1))
    expect(JSON.stringify(run.log)).not.toContain(mira.password)
  })

  it('knows nobody before authentication: a connector in front of it gets unauthUser and form alone (S-030)', async () => {
    const flow: FlowDefinition = {
      id: 'early',
      start: 'call',
      nodes: {
        call: {
          kind: 'connector',
          connector: 'people-api',
          contextKey: 'r',
          endpoint: '/u/{{user.email}}',
          query: { q: '{{user.email}}', form: '{{form.email}}', known: '{{unauthUser.userId}}' },
          next: 'done',
        },
        done: ok,
      },
    }
    const idp = fixedIdp({ flows: [flow] })
    const urls: string[] = []
    idp.connectors.stub('people-api', ({ url }) => urls.push(url))
    await idp.flows.run('early')
    await idp.flows.run('early', { form: { email: mira.loginId } })
    const known = `?form=${encodeURIComponent(mira.loginId)}&known=${mira.id}`
    expect(urls).toEqual(['', known].map((query) => `https://random-data-api.com/api/v2/u/${query}`))
  })
})

describe('a snapshot', () => {
  it('keeps flows, connectors, messages and histories', async () => {
    const idp = fixedIdp()
    await idp.flows.run('sign-up-or-in', { screens: [{ input: right }] })
    const snapshot = idp.snapshot()
    const lastLogin = async () =>
      (await idp.flows.run('sign-up-or-in', { form: { email: mira.loginId } })).value('unauthUser.lastAuth.time')
    const before = await lastLogin()
    idp.clock.advance(60)
    await idp.flows.run('sign-up-or-in', { screens: [{ input: right }] })
    idp.flows.put(failing(undefined))
    idp.connectors.delete('people-api')
    snapshot.restore()
    expect([idp.flows.get('failing'), idp.connectors.get('people-api')?.id]).toEqual([undefined, 'people-api'])
    expect(await lastLogin()).toBe(before)
  })
})

describe('logins through flows', () => {
  it('the request names the flow, then the hosting URL, then the default (S-068, S-139, S-175, S-176)', async () => {
    const hello: FlowDefinition = {
      id: 'hello',
      start: 'ask',
      nodes: { ask: { kind: 'screen', title: 'Hello', buttons: [{ id: 'go', label: 'Go', next: 'done' }] }, done: ok },
    }
    const idp = fixedIdp({ flows: [hello], oidcApps: [{ id: 'crm', name: 'CRM' }] })
    const heading = async (changes: Record<string, string>) => {
      const first = await get(idp, authorizeUrl(idp, changes))
      const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
      return /<h1>([^<]*)/.exec(await (await get(idp, first.headers.get('location') ?? '', { cookie })).text())?.[1]
    }
    expect(await heading({})).toBe('Sign in')
    expect(await heading({ flow: 'hello' })).toBe('Hello')
    idp.oidcApps.update('crm', { loginPageUrl: `${idp.origin}/login/${idp.projectId}?flow=hello` })
    expect(await heading({ ssoAppId: 'crm' })).toBe('Hello')
    expect(await heading({ ssoAppId: 'crm', flow: 'sign-up-or-in' })).toBe('Sign in')
    const refused = await get(idp, authorizeUrl(idp, { flow: 'Hello' }))
    expect(refused.headers.get('location')).toContain('error=invalid_request&error_description=unknown_flow')
  })

  it.each(['step_up', 'step-up'])('%s confirms the user of the session and sets su (S-068, 4.10 B)', async (flow) => {
    const idp = fixedIdp()
    const first = await signIn(idp)
    expect(claimsOf(first.id_token)).not.toHaveProperty('su')
    const callback = await idp.driver.login(authorizeUrl(idp, { flow }), { user: mira.loginId })
    const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(claimsOf(body.id_token)).toMatchObject({ su: true, amr: ['pwd', 'sms', 'mfa'] })
    expect(idp.outbox.list('+15550100')).toHaveLength(1)
  })

  it('step_up without a session ends in access_denied (4.10 B)', async () => {
    const idp = fixedIdp()
    const callback = await idp.driver.login(authorizeUrl(idp, { flow: 'step_up' }), { user: mira.loginId })
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: 'access_denied',
      error_description: 'Please sign in first.',
    })
  })

  it('a flow of an inbound application without a consent action gives access_denied, and its log says why (S-415)', async () => {
    const flow: FlowDefinition = {
      id: 'bare',
      start: 'login',
      nodes: { login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'done' }, done: ok },
    }
    const idp = fixedIdp({ flows: [flow] })
    const url = authorizeUrl(idp, { client_id: demoProject.partner.clientId, scope: 'openid', flow: 'bare' }, 'inbound')
    const callback = await idp.driver.login(url, { user: mira.loginId })
    expect(callback.searchParams.get('error_description')).toBe('consent_missing')
    const [run = ''] = idp.flows.executions('bare')
    expect(idp.flows.logs(run)?.at(-1)).toMatchObject({
      kind: 'consent.missing',
      data: { action: 'update-user-consent' },
    })
  })

  it('a refused consent screen ends in access_denied (4.10 C, 5.4 step 7)', async () => {
    const idp = fixedIdp()
    const { clientId } = demoProject.partner
    const url = authorizeUrl(idp, { client_id: clientId, scope: 'openid', flow: 'inbound-consent-dob' }, 'inbound')
    const callback = await idp.driver.login(url, { user: mira.loginId, consent: 'deny' })
    expect(callback.searchParams.get('error_description')).toBe('Access was refused.')
    expect(idp.consents.search()).toEqual([])
  })

  describe('the consent action', () => {
    const consentFlow = (args: Record<string, string>): FlowDefinition => ({
      id: 'consent',
      requires: { consent: true },
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'keep' },
        keep: { kind: 'action', action: 'update-user-consent', args, next: 'done' },
        done: ok,
      },
    })
    const outcome = async (args: Record<string, string>, changes: Record<string, string> = {}, user = mira.loginId) => {
      const idp = fixedIdp({ flows: [consentFlow(args)] })
      const client_id = demoProject.partner.clientId
      const url = authorizeUrl(idp, { client_id, scope: 'openid birthday', flow: 'consent', ...changes }, 'inbound')
      const callback = await idp.driver.login(url, { user }).catch((error: Error) => error.message)
      return [
        typeof callback === 'string' ? callback : callback.searchParams.get('error_description'),
        idp.consents.search(),
      ]
    }

    it('stores what the arguments name, with an expiry (4.4)', async () => {
      const [error, consents] = await outcome({ scopes: 'contacts.read', expiresInSeconds: '60' })
      expect(error).toBeNull()
      expect(consents).toMatchObject([{ scopes: ['contacts.read'], expireTime: Date.UTC(2026, 0, 1) / 1000 + 60 }])
    })

    it('with decision deny stores nothing and ends in consent_refused (5.4 step 7)', async () => {
      expect(await outcome({ decision: 'deny' })).toEqual(['consent_refused', []])
    })

    it('without a mandatory scope says so on the screen before (MandatoryScopeRefused)', async () => {
      const [message, consents] = await outcome({ scopes: 'birthday' })
      expect([message, consents]).toEqual([expect.stringContaining('cannot work without'), []])
    })
  })

  it('a step-up by another user than the one of the session is refused (UserMismatch, 4.4)', async () => {
    const flow: FlowDefinition = {
      id: 'mismatch',
      start: 'mark',
      nodes: {
        mark: { kind: 'action', action: 'mark-step-up', next: 'check' },
        check: {
          kind: 'action',
          action: 'password-auth',
          args: { mode: 'sign-in', loginId: noa.loginId, password: noa.password },
          next: 'done',
        },
        done: ok,
      },
    }
    const idp = fixedIdp({ flows: [flow] })
    const { id } = await idp.sessions.create(mira.loginId)
    expect((await idp.flows.run('mismatch', { sessionId: id })).error?.code).toBe('UserMismatch')
  })

  it('prompt=login and a login_hint of somebody else ask again; a session goes straight through (S-266)', async () => {
    const idp = fixedIdp()
    await codeFor(idp)
    expect((await idp.driver.visit(authorizeUrl(idp))).searchParams.has('code')).toBe(true)
    await expect(idp.driver.visit(authorizeUrl(idp, { prompt: 'login' }))).rejects.toThrow('Sign in')
    await expect(idp.driver.visit(authorizeUrl(idp, { login_hint: noa.loginId }))).rejects.toThrow('Sign in')
  })

  it('a disabled user fails login actions (S-247)', async () => {
    const { flows } = fixedIdp()
    const run = await flows.run('sign-up-or-in', {
      screens: [{ input: { loginId: iva.loginId, password: iva.password } }],
    })
    expect(run.screen?.error).toContain('cannot sign in')
  })
})
