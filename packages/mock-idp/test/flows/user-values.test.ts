import { type ActionNode, demoProject, type FlowDefinition, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, iva, mira, noa } from '../support/relying-party.ts'

const { acme, globex } = demoProject.tenants

type Step = Pick<ActionNode, 'action' | 'args'>

const password: Step = {
  action: 'password-auth',
  args: { mode: 'sign-in', loginId: mira.loginId, password: mira.password },
}

/** One action, then an end whose output reads keys before the login is written down. */
function reading(keys: readonly string[], step: Step = password): FlowDefinition {
  return {
    id: 'reading',
    start: 'step',
    nodes: {
      step: { kind: 'action', next: 'done', onError: { mode: 'custom', next: 'refused' }, ...step },
      refused: { kind: 'end', outcome: 'success', output: { refused: { dynamic: 'errors.last.code' } } },
      done: {
        kind: 'end',
        outcome: 'success',
        output: Object.fromEntries(keys.map((key) => [key, { dynamic: key }])),
      },
    },
  }
}

/** What a run without a login reads. */
const read = async (idp: MockIdp, key: string, inputs: Parameters<MockIdp['flows']['run']>[1] = {}) =>
  (await idp.flows.run('sign-up-or-in', inputs)).value(key)

const unauthenticated = (idp: MockIdp, key: string, email = mira.loginId, more: object = {}) =>
  read(idp, `unauthUser.${key}`, { form: { email }, ...more })

describe('the id of a user', () => {
  it('is U and 27 characters (S-234, S-270)', async () => {
    const idp = fixedIdp()
    const { id } = idp.users.create({ loginIds: ['new@acme.example'], email: 'new@acme.example' })
    expect(id).toMatch(/^U[A-Za-z0-9]{27}$/)
    expect(await unauthenticated(idp, 'userId', 'new@acme.example')).toBe(id)
  })
})

describe('what is derived from the profile', () => {
  it('emailDomain is what follows the last @, in lower case, and missing without an e-mail (S-241, S-277)', async () => {
    const idp = fixedIdp({ flows: [reading(['user.emailDomain'])] })
    idp.users.update(mira.id, { email: 'mira@home@Mail.Acme.EXAMPLE' })
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.emailDomain': 'mail.acme.example' })
    expect(await unauthenticated(idp, 'emailDomain')).toBe('mail.acme.example')
    idp.users.create({ loginIds: ['plain@acme.example'] })
    expect(await unauthenticated(idp, 'userId', 'plain@acme.example')).toMatch(/^U/)
    expect(await unauthenticated(idp, 'emailDomain', 'plain@acme.example')).toBeUndefined()
  })

  it('verifiedEmail and verifiedPhone are false until verified, never missing (S-243, S-244, S-279, S-280)', async () => {
    const keys = ['user.verifiedEmail', 'user.verifiedPhone']
    const sendCode: FlowDefinition = {
      id: 'verify',
      start: 'send',
      nodes: {
        send: {
          kind: 'action',
          action: 'otp-start',
          args: { channel: 'email', to: noa.loginId },
          next: 'verify',
        },
        verify: { kind: 'action', action: 'otp-verify', args: { mode: 'sign-in', code: '123456' }, next: 'done' },
        done: { kind: 'end', outcome: 'success' },
      },
    }
    const login: Step = {
      action: 'password-auth',
      args: { mode: 'sign-in', loginId: noa.loginId, password: noa.password },
    }
    const idp = fixedIdp({ flows: [reading(keys, login), sendCode] })
    expect((await idp.flows.run('reading')).output).toEqual({ [keys[0] ?? '']: false, [keys[1] ?? '']: false })
    await idp.flows.run('verify')
    expect((await idp.flows.run('reading')).output).toEqual({ [keys[0] ?? '']: true, [keys[1] ?? '']: false })
    expect(await unauthenticated(idp, 'verifiedEmail', noa.loginId)).toBe(true)
    expect(await unauthenticated(idp, 'verifiedPhone', noa.loginId)).toBe(false)
    idp.users.create({ loginIds: ['bare@acme.example'] })
    expect(await unauthenticated(idp, 'verifiedEmail', 'bare@acme.example')).toBe(false)
    expect(await unauthenticated(idp, 'verifiedPhone', 'bare@acme.example')).toBe(false)
  })

  it('project.permissions names each permission once (S-263, S-299)', async () => {
    const idp = fixedIdp({ flows: [reading(['user.project.permissions'])] })
    idp.users.update(mira.id, { roles: ['Contact Reader', 'Contact Editor'] })
    const once = ['contacts.view', 'contacts.edit']
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.project.permissions': once })
    expect(await unauthenticated(idp, 'project.permissions')).toEqual(once)
  })

  it.each<[type: string, value: unknown]>([
    ['text', 'blue'],
    ['number', 7],
    ['boolean', false],
    ['list', ['a', 'b']],
    ['object', { city: 'Haifa', lines: [1] }],
  ])('a custom attribute keeps its type: %s (S-267, S-302)', async (_type, value) => {
    const idp = fixedIdp({ flows: [reading(['user.customAttributes.it', 'user.customAttributes.other'])] })
    idp.users.update(mira.id, { customAttributes: { it: value } })
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.customAttributes.it': value })
    expect(await unauthenticated(idp, 'customAttributes.it')).toEqual(value)
    expect(await unauthenticated(idp, 'customAttributes.other')).toBeUndefined()
  })
})

describe('roles in the current tenant', () => {
  it('user.tenant.roles are those of the hinted or the only tenant, else none (S-250)', async () => {
    const idp = fixedIdp({ flows: [reading(['user.tenant.roles'])] })
    const roles = async (tenant?: string) =>
      (await idp.flows.run('reading', tenant === undefined ? {} : { tenant })).output?.['user.tenant.roles']
    expect(await roles()).toEqual([])
    expect(await roles(globex)).toEqual([])
    expect(await roles(acme)).toEqual(['Book Keeper', 'Contact Reader', 'Contact Editor'])
    idp.users.update(mira.id, { tenants: { [globex]: { roles: ['Staff'] } } })
    expect(await roles()).toEqual(['Staff'])
  })

  it('unauthUser.tenant.roles are those of the hinted tenant, else none (S-286)', async () => {
    const idp = fixedIdp()
    expect(await unauthenticated(idp, 'tenant.roles', noa.loginId)).toEqual([])
    expect(await unauthenticated(idp, 'tenant.roles', noa.loginId, { tenant: globex })).toEqual(['Contact Reader'])
    expect(await unauthenticated(idp, 'tenant.roles', noa.loginId, { tenant: acme })).toEqual([])
  })
})

describe('methods that were ever used', () => {
  const key = (name: string) => [`user.${name}`]

  it('password: true from the end of the first login with one, for good (S-260, S-296)', async () => {
    const idp = fixedIdp({ flows: [reading(key('password'))] })
    expect(await unauthenticated(idp, 'password')).toBe(false)
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.password': false })
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.password': true })
    expect(await unauthenticated(idp, 'password')).toBe(true)
    expect(await unauthenticated(idp, 'password', noa.loginId)).toBe(false)
  })

  it('saml: true after a login by SSO, not after another one (S-264, S-300)', async () => {
    const sso: Step = { action: 'sso', args: { tenant: acme } }
    const flowSettings = { providers: { [acme]: mira.loginId } }
    const idp = fixedIdp({ flows: [reading(key('saml'), sso)], flowSettings })
    await idp.flows.run('sign-up-or-in', { screens: [{ input: { ...mira } }] })
    expect(await unauthenticated(idp, 'saml')).toBe(false)
    await idp.flows.run('reading')
    expect(await unauthenticated(idp, 'saml')).toBe(true)
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.saml': true })
  })

  it('webauthn: true after a login with a passkey, not for having one (S-265, S-301)', async () => {
    const passkey: Step = { action: 'passkey', args: { mode: 'sign-in' } }
    const idp = fixedIdp({ flows: [reading(key('webauthn'), passkey)] })
    idp.users.update(mira.id, { passkey: true })
    expect(await unauthenticated(idp, 'webauthn')).toBe(false)
    await idp.flows.run('reading', { form: { loginId: mira.loginId } })
    expect(await unauthenticated(idp, 'webauthn')).toBe(true)
    const again = await idp.flows.run('reading', { form: { loginId: mira.loginId } })
    expect(again.output).toEqual({ 'user.webauthn': true })
  })

  it('totp: true while a seed is stored, used or not (S-261, S-297)', async () => {
    const idp = fixedIdp({ flows: [reading(key('totp'))] })
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.totp': false })
    idp.users.update(mira.id, { totpSeed: 'JBSWY3DPEHPK3PXP' })
    expect((await idp.flows.run('reading')).output).toEqual({ 'user.totp': true })
    expect(await unauthenticated(idp, 'totp')).toBe(true)
  })
})

describe('who is not let in', () => {
  it.each(['disabled', 'invited'] as const)(
    'a user who is %s fails every login action (S-247, S-283)',
    async (status) => {
      const flowSettings = { providers: { google: mira.loginId, [acme]: mira.loginId } }
      const steps: Step[] = [
        password,
        { action: 'passkey', args: { mode: 'sign-in' } },
        { action: 'social', args: { provider: 'google' } },
        { action: 'sso', args: { tenant: acme } },
      ]
      for (const step of steps) {
        const idp = fixedIdp({ flows: [reading([], step)], flowSettings })
        idp.users.update(mira.id, { status, passkey: true })
        const run = await idp.flows.run('reading', { form: { loginId: mira.loginId, email: mira.loginId } })
        expect([step.action, run.output]).toEqual([step.action, { refused: 'UserDisabled' }])
        expect([run.value('unauthUser.status'), idp.sessions.list()]).toEqual([status, []])
      }
    },
  )
})

describe('user and unauthUser', () => {
  it('user is filled by authentication, and empty for an address that was only typed (S-233, S-269)', async () => {
    const idp = fixedIdp()
    const count = idp.users.list().length
    const typed = await idp.flows.run('sign-up-or-in', { form: { email: 'nobody@acme.example' } })
    expect([typed.value('user'), typed.value('unauthUser.userId')]).toEqual([{ loggedIn: false }, undefined])
    expect(idp.users.list()).toHaveLength(count)
    const wrong = await idp.flows.run('sign-up-or-in', { screens: [{ input: { ...mira, password: 'x' } }] })
    expect([wrong.status, wrong.value('user')]).toEqual(['waiting', { loggedIn: false }])
  })

  it('unauthUser is looked up at each access (S-269)', async () => {
    const idp = fixedIdp()
    const run = await idp.flows.run('sign-up-or-in', { form: { email: 'late@acme.example' } })
    expect(run.value('unauthUser.name')).toBeUndefined()
    idp.users.create({ loginIds: ['late@acme.example'], name: 'Late' })
    expect(run.value('unauthUser.name')).toBe('Late')
  })

  it('user.loggedIn is false where the application forces a login (S-266)', async () => {
    const seen: unknown[] = []
    const flow: FlowDefinition = {
      id: 'look',
      start: 'look',
      nodes: {
        look: { kind: 'scriptlet', fn: 'look', args: { it: { dynamic: 'user.loggedIn' } }, next: 'ask' },
        ask: { kind: 'screen', buttons: [{ id: 'go', label: 'Go', next: 'done' }] },
        done: { kind: 'end', outcome: 'success' },
      },
    }
    for (const forceAuthentication of [true, false]) {
      const scriptlets = { look: ({ it }: Readonly<Record<string, unknown>>) => seen.push(it) }
      const idp = fixedIdp({ flows: [flow], scriptlets, defaultApp: { forceAuthentication } })
      const { cookie } = await idp.sessions.create(mira.id)
      const first = await get(idp, authorizeUrl(idp, { flow: 'look' }), { cookie })
      const bound = `${cookie}; ${(first.headers.get('set-cookie') ?? '').split(';')[0]}`
      await get(idp, first.headers.get('location') ?? '', { cookie: bound })
    }
    expect(seen).toEqual([false, true])
  })

  it('unauthUser.status tells disabled users from active ones before they authenticate (S-283)', async () => {
    expect(await unauthenticated(fixedIdp(), 'status', iva.loginId)).toBe('disabled')
    expect(await unauthenticated(fixedIdp(), 'status')).toBe('active')
  })
})
