import type { FlowDefinition } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { claimsOf, fixedIdp, iva, mira } from '../support/relying-party.ts'

/** The printed example of the specification (4.10 A): an e-mail code, first-timers are asked for their name. */
const flow: FlowDefinition = {
  id: 'sign-up-or-in',
  name: 'Sign up or in with an e-mail code',
  start: 'already',
  nodes: {
    already: {
      kind: 'condition',
      rules: [{ name: 'has session', all: [{ key: 'user.loggedIn', op: 'is-true' }], next: 'done' }],
      else: 'ask',
    },
    ask: {
      kind: 'screen',
      title: 'Welcome',
      fields: [{ name: 'email', type: 'email', label: 'E-mail', required: true, default: '{{form.externalId}}' }],
      show: ['error'],
      buttons: [{ id: 'go', label: 'Continue', next: 'blocked' }],
    },
    blocked: {
      kind: 'condition',
      rules: [
        {
          name: 'disabled user',
          all: [{ key: 'unauthUser.status', op: 'equal', value: 'disabled' }],
          next: 'refused',
        },
      ],
      else: 'send',
    },
    send: {
      kind: 'action',
      action: 'otp-start',
      args: { channel: 'email', to: '{{form.email}}' },
      next: 'code',
    },
    code: {
      kind: 'screen',
      title: 'Check {{form.email}}',
      fields: [{ name: 'code', type: 'code', required: true }],
      show: ['error'],
      buttons: [
        { id: 'verify', label: 'Verify', next: 'verify' },
        { id: 'again', label: 'Send again', next: 'send', skipValidation: true },
      ],
    },
    verify: {
      kind: 'action',
      action: 'otp-verify',
      args: { mode: 'sign-up-or-in', code: '{{form.code}}' },
      next: 'fresh',
    },
    fresh: {
      kind: 'condition',
      rules: [{ name: 'first login', all: [{ key: 'authInfo.firstSeen', op: 'is-true' }], next: 'profile' }],
      else: 'done',
    },
    profile: {
      kind: 'screen',
      title: 'Your name',
      fields: [{ name: 'displayName', type: 'text', required: true }],
      buttons: [{ id: 'save', label: 'Save', next: 'store' }],
    },
    store: {
      kind: 'action',
      action: 'update-user',
      args: { name: '{{form.displayName}}' },
      next: 'done',
    },
    refused: { kind: 'end', outcome: 'failure', message: 'This account is closed.' },
    done: { kind: 'end', outcome: 'success' },
  },
}

const answers = (email: string) => [{ input: { email } }, { input: { code: '123456' } }]
const email = 'new@acme.example'

describe('sign-up and sign-in in one flow (4.10 A)', () => {
  it('asks who signs up for a name, and signs in with tokens (S-226, S-318)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const asked = await idp.flows.run('sign-up-or-in', { screens: answers(email) })
    expect([asked.status, asked.screen, asked.tokens]).toEqual(['waiting', { id: 'profile' }, undefined])
    expect(idp.sessions.list()).toEqual([])
    const other = 'other@acme.example'
    const screens = [...answers(other), { input: { displayName: 'Dana' } }]
    const run = await idp.flows.run('sign-up-or-in', { screens })
    expect(claimsOf(run.tokens?.idToken ?? '')).toMatchObject({ name: 'Dana', email: other, email_verified: true })
    expect(run.value('authInfo.firstSeen')).toBe(true)
  })

  it('signs who has been here straight in (S-226, S-318)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const count = idp.users.list().length
    const run = await idp.flows.run('sign-up-or-in', { screens: answers(mira.loginId) })
    expect([run.status, run.value('authInfo.firstSeen')]).toEqual(['completed', false])
    expect(claimsOf(run.tokens?.idToken ?? '')).toMatchObject({ sub: mira.id, amr: ['email'] })
    expect(idp.users.list()).toHaveLength(count)
  })

  it('sends the code again, and no tokens for a wrong one (S-226)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const run = await idp.flows.run('sign-up-or-in', {
      screens: [{ input: { email: mira.loginId } }, { button: 'again' }, { input: { code: '000000' } }],
    })
    expect([run.status, run.screen?.id, run.tokens]).toEqual(['waiting', 'code', undefined])
    expect(run.screen?.error).toBeDefined()
    expect(idp.outbox.list(mira.loginId)).toHaveLength(2)
  })

  it('ends for a disabled user before a code is sent (S-283)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const run = await idp.flows.run('sign-up-or-in', { screens: answers(iva.loginId) })
    expect([run.status, run.error]).toEqual(['failed', { code: 'FlowEnded', message: 'This account is closed.' }])
    expect(idp.outbox.list()).toEqual([])
  })

  it('goes straight through with a session, and shows login_hint in its first field (S-266, S-330)', async () => {
    const idp = fixedIdp({ flows: [flow] })
    const hinted = await idp.flows.run('sign-up-or-in', { loginHint: mira.loginId })
    expect([hinted.screen?.id, hinted.value('form.email')]).toEqual(['ask', mira.loginId])
    const { id } = await idp.sessions.create(mira.id)
    expect((await idp.flows.run('sign-up-or-in', { sessionId: id })).status).toBe('completed')
  })
})
