import { type ActionNode, demoProject, type FlowDefinition, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { claimsOf, fixedIdp, iva, mira, noa, signIn } from '../support/relying-party.ts'

type Step = Pick<ActionNode, 'action' | 'args' | 'claims'>

/** A flow of actions one after another; an error ends it with its code as output. */
function chain(...steps: readonly Step[]): FlowDefinition {
  const nodes = Object.fromEntries(
    steps.map((step, index) => [
      `s${index}`,
      {
        kind: 'action' as const,
        next: index + 1 < steps.length ? `s${index + 1}` : 'done',
        onError: { mode: 'custom' as const, next: 'failed' },
        ...step,
      },
    ]),
  )
  return {
    id: 'chain',
    start: 's0',
    nodes: {
      ...nodes,
      failed: {
        kind: 'end',
        outcome: 'success',
        output: { code: { dynamic: 'errors.last.code' }, number: { dynamic: 'errors.last.errorCode' } },
      },
      done: { kind: 'end', outcome: 'success', output: { amr: { dynamic: 'jwtClaims.amr' } } },
    },
  }
}

const run = async (steps: readonly Step[], form: Record<string, unknown> = {}, config: MockIdpConfig = {}) => {
  const idp = fixedIdp({ flows: [chain(...steps)], ...config })
  return { idp, run: await idp.flows.run('chain', { form }) }
}

const password: Step = {
  action: 'password-auth',
  args: { mode: 'sign-in', loginId: mira.loginId, password: mira.password },
}
const send = (to: string, channel = 'email'): Step => ({ action: 'otp-start', args: { channel, to } })
const verify = (mode: string, code = '123456'): Step => ({ action: 'otp-verify', args: { mode, code } })
const claims = (...list: NonNullable<Step['claims']>): Step => ({ action: 'custom-claims', claims: list })

describe('one-time codes', () => {
  it.each(['email', 'sms', 'whatsapp'])(
    '%s: the code goes to the outbox and signs in (S-129, S-226, 4.4)',
    async (channel) => {
      const to = channel === 'email' ? noa.loginId : '+15550100'
      const { idp, run: result } = await run([send(to, channel), verify('sign-in')])
      expect(result.output).toEqual({ amr: [channel] })
      expect(idp.outbox.list(to)).toMatchObject([{ channel, code: '123456', text: 'Your code is 123456.' }])
      if (channel === 'email') expect(idp.users.get(noa.id)?.emailVerified).toBe(true)
    },
  )

  it('signs a new user up and remembers that (S-226, S-317)', async () => {
    const { idp, run: result } = await run([send('new@acme.example'), verify('sign-up')], { fullName: 'New Person' })
    expect(result.value('authInfo.firstSeen')).toBe(true)
    expect(idp.users.get('new@acme.example')).toMatchObject({
      email: 'new@acme.example',
      emailVerified: true,
      name: 'New Person',
    })
  })

  it.each<[code: string, number: string | undefined, steps: Step[]]>([
    ['InvalidRecipient', undefined, [send('nobody')]],
    ['InvalidRecipient', undefined, [send(mira.loginId, 'sms')]],
    ['WrongCode', 'E061102', [send(mira.loginId), verify('sign-in', '000000')]],
    ['WrongCode', 'E061102', [verify('sign-in')]],
    ['UserNotFound', 'E062108', [send('new@acme.example'), verify('sign-in')]],
    ['UserExists', 'E062107', [send(mira.loginId), verify('sign-up')]],
    ['UserDisabled', undefined, [send(iva.loginId), verify('sign-in')]],
    [
      'MissingArgument',
      undefined,
      [send(mira.loginId), { action: 'otp-verify', args: { mode: 'sign-in', code: '{{form.none}}' } }],
    ],
    ['MissingArgument', undefined, [send(mira.loginId, 'pigeon')]],
  ])('%s %s', async (code, number, steps) => {
    expect((await run(steps)).run.output).toEqual(number === undefined ? { code } : { code, number })
  })

  it('ends attempts after five wrong codes (E061103)', async () => {
    const wrong = Array.from({ length: 6 }, (_, index): FlowDefinition['nodes'] => ({
      [`v${index}`]: {
        kind: 'action',
        next: 'done',
        ...verify('sign-in', '0'),
        onError: { mode: 'custom', next: index === 5 ? 'end' : `v${index + 1}` },
      },
    }))
    const flow: FlowDefinition = {
      id: 'tries',
      start: 'send',
      nodes: {
        send: { kind: 'action', next: 'v0', ...send(mira.loginId) },
        ...Object.assign({}, ...wrong),
        end: { kind: 'end', outcome: 'success', output: { code: { dynamic: 'errors.last.code' } } },
        done: { kind: 'end', outcome: 'success' },
      },
    }
    expect((await fixedIdp({ flows: [flow] }).flows.run('tries')).output).toEqual({ code: 'TooManyAttempts' })
  })

  it('fills dynamic values into messages, and sends random codes when asked to (S-229)', async () => {
    const flowSettings = { randomCodes: true, codeMessage: '{{code}} for {{form.email}}{{form.none}}' }
    const { idp } = await run([send('{{form.email}}')], { email: mira.loginId }, { flowSettings })
    const [message] = idp.outbox.list()
    expect(message?.text).toBe(`${message?.code} for ${mira.loginId}`)
    idp.outbox.clear()
    expect(idp.outbox.list()).toEqual([])
  })
})

describe('authentication', () => {
  it('password: signs in, signs up, and gives one answer for what is wrong (4.4)', async () => {
    expect((await run([password])).run.output).toEqual({ amr: ['pwd'] })
    const up: Step = { action: 'password-auth', args: { mode: 'sign-up', loginId: 'new@acme.example', password: 'pw' } }
    const { idp } = await run([up])
    expect(idp.users.get('new@acme.example')).toMatchObject({ password: 'pw' })
    for (const args of [{ loginId: mira.loginId, password: 'x' }, { loginId: 'nobody', password: 'x' }, {}]) {
      expect((await run([{ action: 'password-auth', args }])).run.output).toEqual({ code: 'WrongCredentials' })
    }
    const exists: Step = { action: 'password-auth', args: { mode: 'sign-up', loginId: mira.loginId, password: 'pw' } }
    expect((await run([exists])).run.output).toMatchObject({ code: 'UserExists' })
  })

  it('two different methods add mfa (S-129, 4.4)', async () => {
    expect((await run([password, send(mira.loginId), verify('sign-in')])).run.output).toEqual({
      amr: ['pwd', 'email', 'mfa'],
    })
  })

  it('passkey approves for users who have one (S-129, 4.4)', async () => {
    const step: Step = { action: 'passkey', args: { mode: 'sign-in' } }
    expect((await run([step], { loginId: mira.loginId })).run.output).toEqual({ code: 'NoPasskey' })
    const users = [{ loginIds: ['pk'], passkey: true }]
    expect((await run([step], { loginId: 'pk' }, { users })).run.output).toEqual({ amr: ['webauthn'] })
  })

  it('totp checks the code of RFC 6238 (S-129, 4.4)', async () => {
    // RFC 6238 appendix B: 94287082 at 59 seconds, of which six digits are used here.
    const users = [{ loginIds: ['t'], totpSeed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }]
    const config = { users, deterministic: { now: 59_000 } }
    const step = (code: string): Step => ({ action: 'totp', args: { code } })
    expect((await run([step('287082')], { loginId: 't' }, config)).run.output).toEqual({ amr: ['totp'] })
    expect((await run([step('287083')], { loginId: 't' }, config)).run.output).toMatchObject({ code: 'WrongCode' })
  })

  it('social and sso answer with the user that the configuration names (S-129, S-264, 4.4)', async () => {
    const { acme } = demoProject.tenants
    const flowSettings = { providers: { google: mira.loginId, [acme]: noa.loginId } }
    const social: Step = { action: 'social', args: { provider: 'google' } }
    const sso: Step = { action: 'sso', args: { tenant: 'acme.example' } }
    expect((await run([social], {}, { flowSettings })).run.output).toEqual({ amr: ['oauth'] })
    const federated = await run([sso], {}, { flowSettings })
    expect([federated.run.output, federated.run.value('user.userId')]).toEqual([{ amr: ['fed'] }, noa.id])
    expect(federated.run.value('user.saml')).toBe(true)
    expect((await run([social])).run.output).toEqual({ code: 'ProviderError' })
  })

  it('nothing is minted before a success end; reset-auth-info drops what was found (S-310, 4.1)', async () => {
    const { idp, run: result } = await run([password, { action: 'reset-auth-info' }])
    expect([result.tokens, result.value('authInfo'), result.value('user.name')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(idp.sessions.list()).toEqual([])
  })
})

describe('the user', () => {
  it('update-user writes profile and custom attributes, at once (S-007)', async () => {
    const update: Step = {
      action: 'update-user',
      args: { name: 'New Name', 'customAttributes.city': { dynamic: 'form.city' } },
    }
    const { idp, run: result } = await run([password, update], { city: 'Haifa' })
    expect(result.value('user.customAttributes.city')).toBe('Haifa')
    expect(idp.users.get(mira.id)).toMatchObject({
      name: 'New Name',
      customAttributes: { city: 'Haifa', dob: '1991-04-30' },
    })
    expect((await run([password, { action: 'update-user', args: { shoe: '42' } }])).run.output).toEqual({
      code: 'UnknownAttribute',
    })
    expect((await run([update])).run.output).toEqual({ code: 'NoSession' })
  })

  it('update-user keeps what a connector fetched, for the next login as well (S-007)', async () => {
    const fetched: FlowDefinition = {
      id: 'fetched',
      start: 'login',
      nodes: {
        login: { kind: 'action', ...password, next: 'call' },
        call: { kind: 'connector', connector: 'people-api', contextKey: 'random', next: 'keep' },
        keep: {
          kind: 'action',
          action: 'update-user',
          args: { 'customAttributes.job': { dynamic: 'connectors.random.employment.title' } },
          next: 'done',
        },
        done: { kind: 'end', outcome: 'success', output: { job: '{{user.customAttributes.job}}' } },
      },
    }
    const idp = fixedIdp({ flows: [fetched], userTemplate: { job: 'job' } })
    expect((await idp.flows.run('fetched')).output).toEqual({ job: 'Harbour Pilot' })
    const { id_token } = await signIn(idp, { scope: 'openid descope.custom_claims' })
    expect(claimsOf(id_token).job).toBe('Harbour Pilot')
  })

  it('select-tenant sets the current tenant of the tokens (4.4)', async () => {
    const { globex } = demoProject.tenants
    const select = (tenant: string): Step => ({ action: 'select-tenant', args: { tenant } })
    const { run: result } = await run([password, select('globex.example')])
    expect(claimsOf(result.tokens?.idToken ?? '')).toMatchObject({ dct: globex })
    expect((await run([password, select('nowhere')])).run.output).toEqual({ code: 'NotAMember' })
  })

  it('revoke-other-sessions ends the other sessions of the user (4.4)', async () => {
    const idp = fixedIdp({ flows: [chain(password, { action: 'revoke-other-sessions' })] })
    await idp.sessions.create(mira.loginId)
    await idp.sessions.create(noa.loginId)
    await idp.flows.run('chain')
    expect(idp.sessions.list().map(({ userId }) => userId)).toEqual([noa.id, mira.id])
  })

  it('update-user-consent needs an inbound application (4.4)', async () => {
    expect((await run([password, { action: 'update-user-consent' }])).run.output).toEqual({ code: 'NoInboundApp' })
  })
})

describe('custom claims', () => {
  it('take every type of value, with placeholders in text and JSON (S-035, S-037, S-038, S-039)', async () => {
    const { run: result } = await run(
      [
        password,
        claims(
          { key: 'text', type: 'string', value: 'for {{form.who}}' },
          { key: 'number', type: 'number', value: 5 },
          { key: 'flag', type: 'boolean', value: false },
          { key: 'path', type: 'dynamic', value: 'form.list' },
          { key: 'braces', type: 'dynamic', value: '{{ form.who }}' },
          { key: 'object', type: 'json', value: { who: '{{form.who}}', none: '{{form.none}}' } },
        ),
      ],
      { who: 'Dana', list: [1, 2] },
    )
    const expected = { text: 'for Dana', number: 5, flag: false, path: [1, 2], braces: 'Dana', object: { who: 'Dana' } }
    expect(result.claims).toEqual(expected)
    expect(claimsOf(result.tokens?.sessionJwt ?? '')).toMatchObject(expected)
  })

  it('of a later action win; dates stay text (S-032, S-040)', async () => {
    const first = claims({ key: 'a', type: 'string', value: '1984-02-09' }, { key: 'b', type: 'string', value: 'kept' })
    const { run: result } = await run([first, password, claims({ key: 'a', type: 'string', value: '1990-01-01' })])
    expect(result.claims).toEqual({ a: '1990-01-01', b: 'kept' })
    expect(result.value('jwtClaims.a')).toBe('1990-01-01')
  })

  it('reach tokens only by a success end (S-040)', async () => {
    const ended = async (outcome: 'success' | 'failure') => {
      const flow = chain(password, claims({ key: 'plan', type: 'string', value: 'gold' }))
      const nodes = { ...flow.nodes, done: { kind: 'end' as const, outcome } }
      const idp = fixedIdp({ flows: [{ ...flow, nodes }] })
      const result = await idp.flows.run('chain')
      return { result, sessions: idp.sessions.list().length }
    }
    const failed = await ended('failure')
    expect([failed.result.status, failed.result.tokens, failed.sessions]).toEqual(['failed', undefined, 0])
    const succeeded = await ended('success')
    expect(claimsOf(succeeded.result.tokens?.idToken ?? '').plan).toBe('gold')
    expect(succeeded.sessions).toBe(1)
  })

  it.each([
    [undefined, {}],
    ['delete', {}],
    ['nil', { a: null }],
    ['none', { a: '' }],
  ] as const)('without a value follow the policy %s (S-039, 4.8)', async (emptyClaimPolicy, expected) => {
    const flowSettings = emptyClaimPolicy === undefined ? {} : { emptyClaimPolicy }
    const step = claims({ key: 'a', type: 'dynamic', value: 'form.none' })
    expect((await run([step], {}, { flowSettings })).run.claims).toEqual(expected)
  })

  it('with reserved names are dropped with a warning, the action succeeds (S-037, 3.6)', async () => {
    const reserved = (
      'iss sub aud exp iat nbf jti nonce azp auth_time at_hash acr amr drn dct dsub dcl tenants roles permissions rexp ' +
      'su nsec scope act cnf'
    ).split(' ')
    const set = [...reserved, 'ok', 'x'.repeat(60)].map((key) => ({ key, type: 'string', value: 'yes' }) as const)
    const { run: result } = await run([password, claims(...set)])
    expect(result.claims).toEqual({ ok: 'yes', ['x'.repeat(60)]: 'yes' })
    expect(result.log.find(({ kind }) => kind === 'claims.dropped')).toMatchObject({
      level: 'warn',
      data: { claims: reserved },
    })
    expect(result.log.find(({ kind }) => kind === 'claims.set')).toMatchObject({ title: 'custom-claims' })
  })

  it('above the limits fail with ClaimLimitExceeded (3.6)', async () => {
    const long = claims({ key: 'a', type: 'dynamic', value: 'form.long' })
    expect((await run([long], { long: 'x'.repeat(500) })).run.claims).toMatchObject({ a: 'x'.repeat(500) })
    expect((await run([long], { long: 'x'.repeat(501) })).run.output).toEqual({ code: 'ClaimLimitExceeded' })
    const many = (from: number): Step =>
      claims(...Array.from({ length: 60 }, (_, i) => ({ key: `c${from + i}`, type: 'number' as const, value: i })))
    expect((await run([many(0), many(60)])).run.output).toEqual({ code: 'ClaimLimitExceeded' })
  })

  it('of types other than text are missing under jwtClaims, with a debug line (S-373)', async () => {
    const { run: result } = await run([
      password,
      claims({ key: 'n', type: 'number', value: 5 }, { key: 's', type: 'string', value: 'x' }),
    ])
    expect([result.value('jwtClaims.n'), result.value('jwtClaims.s')]).toEqual([undefined, 'x'])
    expect(result.log).toContainEqual(expect.objectContaining({ level: 'debug', kind: 'value.missing' }))
  })

  it('carry the step name into the log, the action without one (S-036)', async () => {
    const flow = chain(claims({ key: 'a', type: 'number', value: 1 }))
    const node = { ...flow.nodes.s0, name: 'Add a' } as ActionNode
    const result = await fixedIdp({ flows: [{ ...flow, nodes: { ...flow.nodes, s0: node } }] }).flows.run('chain')
    expect(result.log.find(({ kind }) => kind === 'action.done')?.title).toBe('Add a')
    expect((await run([password])).run.log.find(({ kind }) => kind === 'action.done')?.title).toBe('password-auth')
  })
})

describe('scriptlets', () => {
  const flow = (contextKey?: string): FlowDefinition => ({
    id: 'script',
    start: 'call',
    nodes: {
      call: {
        kind: 'scriptlet',
        fn: 'shout',
        args: { text: '{{form.text}}', none: '{{form.none}}' },
        ...(contextKey !== undefined && { contextKey }),
        next: 'done',
        onError: { mode: 'ignore' },
      },
      done: { kind: 'end', outcome: 'success' },
    },
  })
  const scriptlets = {
    shout: (args: Readonly<Record<string, unknown>>) => ({ xyz: `${args.text}!`, names: Object.keys(args) }),
  }

  it('keep their result under scripts (S-381, S-382)', async () => {
    const result = await fixedIdp({ flows: [flow()], scriptlets }).flows.run('script', { form: { text: 'hey' } })
    expect(result.value('scripts.scriptletResult.xyz')).toBe('hey!')
    expect(result.value('scripts.scriptletResult.names')).toEqual(['text'])
    const named = await fixedIdp({ flows: [flow('mine')], scriptlets }).flows.run('script', { form: { text: 'hey' } })
    expect(named.value('scripts.mine.xyz')).toBe('hey!')
  })

  it('that throw take the error route (4.2)', async () => {
    const broken = {
      shout: () => {
        throw new Error('no')
      },
    }
    const result = await fixedIdp({ flows: [flow()], scriptlets: broken }).flows.run('script')
    expect([result.status, result.value('errors.call.code')]).toEqual(['completed', 'ScriptletFailed'])
  })
})
