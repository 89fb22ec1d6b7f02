/** Flows that come with the mock (IDP-SPEC S-019, S-068, 4.10). */
import { defineFlow, type FlowDefinition, type FlowNode } from './definition.ts'
import { stepUpFlow } from './step-up-flow.ts'

const success: FlowNode = { kind: 'end', outcome: 'success' }

const signIn: FlowDefinition = defineFlow({
  id: 'sign-up-or-in',
  name: 'Sign in with a password',
  start: 'already',
  nodes: {
    already: {
      kind: 'condition',
      rules: [{ name: 'has session', all: [{ key: 'user.loggedIn', op: 'is-true' }], next: 'done' }],
      else: 'ask',
    },
    ask: {
      kind: 'screen',
      title: 'Sign in',
      show: ['error'],
      fields: [
        { name: 'loginId', type: 'text', label: 'Login ID or e-mail', required: true, default: '{{form.externalId}}' },
        { name: 'password', type: 'password', label: 'Password', required: true },
      ],
      // The action says what is wrong, in one sentence for every kind of wrong.
      buttons: [{ id: 'sign-in', label: 'Sign in', next: 'check', skipValidation: true }],
    },
    check: {
      kind: 'action',
      action: 'password-auth',
      args: { mode: 'sign-in', loginId: '{{form.loginId}}', password: '{{form.password}}' },
      next: 'done',
    },
    done: success,
  },
})

/** The worked example of a sign-up (IDP-SPEC 4.10 A): a code by e-mail, and the name of who is new. */
const signUpWithCode: FlowDefinition = defineFlow({
  id: 'sign-up-or-in-with-code',
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
      show: ['error'],
      fields: [{ name: 'email', type: 'email', label: 'E-mail', required: true, default: '{{form.externalId}}' }],
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
      text: 'Type the code that was sent to you. This mock sends 123456.',
      show: ['error'],
      fields: [{ name: 'code', type: 'code', label: 'Code', required: true }],
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
      fields: [{ name: 'displayName', type: 'text', label: 'Name', required: true }],
      buttons: [{ id: 'save', label: 'Save', next: 'store' }],
    },
    store: { kind: 'action', action: 'update-user', args: { name: '{{form.displayName}}' }, next: 'done' },
    refused: { kind: 'end', outcome: 'failure', message: 'This account is closed.' },
    done: success,
  },
})

const person: FlowNode = {
  kind: 'connector',
  name: 'Look up the person',
  connector: 'people-api',
  method: 'GET',
  endpoint: '/users',
  query: { email: { dynamic: 'user.email' } },
  timeoutSeconds: 5,
  contextKey: 'random',
  next: 'claims',
}

const claims: FlowNode = {
  kind: 'action',
  action: 'custom-claims',
  name: 'Add date of birth',
  claims: [
    { key: 'dob', type: 'dynamic', value: 'connectors.random.date_of_birth' },
    { key: 'source', type: 'string', value: 'people-api' },
  ],
  next: 'done',
}

/**
 * Flows by their ids: `sign-up-or-in` by password and `sign-up-or-in-with-code` by e-mail, `step_up` and `step-up`, and
 * those of inbound applications and of the `dob` example.
 */
export const shippedFlows: readonly FlowDefinition[] = [
  signIn,
  stepUpFlow('step_up'),
  stepUpFlow('step-up'),
  signUpWithCode,
  defineFlow({
    id: 'inbound-apps-user-consent',
    name: 'Sign in and allow an inbound application',
    requires: { consent: true },
    start: 'login',
    nodes: {
      login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'consented' },
      consented: {
        kind: 'condition',
        rules: [
          { name: 'nobody asks', all: [{ key: 'thirdPartyApp.id', op: 'empty' }], next: 'done' },
          { name: 'live consent', all: [{ key: 'thirdPartyApp.user.consented', op: 'is-true' }], next: 'done' },
        ],
        else: 'ask',
      },
      ask: {
        kind: 'screen',
        title: 'Allow {{thirdPartyApp.name}}?',
        show: ['inbound-app-logo', 'inbound-app-scopes', 'error'],
        buttons: [
          { id: 'allow', label: 'Allow', next: 'keep' },
          { id: 'deny', label: 'Deny', next: 'refuse', skipValidation: true },
        ],
      },
      keep: { kind: 'action', action: 'update-user-consent', next: 'done' },
      refuse: { kind: 'action', action: 'update-user-consent', args: { decision: 'deny' }, next: 'done' },
      done: success,
    },
  }),
  defineFlow({
    id: 'sign-up-or-in-with-dob',
    name: 'Sign in, with a date of birth from an outside service',
    start: 'login',
    nodes: {
      login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'person' },
      person,
      claims,
      done: success,
    },
  }),
  defineFlow({
    id: 'inbound-consent-dob',
    name: 'Consent with a date of birth from an outside service',
    requires: { consent: true },
    start: 'login',
    nodes: {
      login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'person' },
      person: {
        ...person,
        next: 'consented',
        onError: { mode: 'custom', next: 'consented', byCode: { ConnectorTimeout: 'sorry' } },
      },
      consented: {
        kind: 'condition',
        rules: [
          {
            name: 'live consent',
            all: [{ key: 'thirdPartyApp.user.consented', op: 'is-true' }],
            next: 'claims',
          },
        ],
        else: 'ask',
      },
      ask: {
        kind: 'screen',
        title: '{{thirdPartyApp.name}} asks for access',
        show: ['inbound-app-logo', 'inbound-app-scopes', 'error'],
        buttons: [
          { id: 'allow', label: 'Allow', next: 'keep' },
          { id: 'deny', label: 'No', next: 'denied', skipValidation: true },
        ],
      },
      keep: {
        kind: 'action',
        action: 'update-user-consent',
        args: { expiresInSeconds: 7_776_000 },
        next: 'claims',
      },
      claims,
      sorry: { kind: 'end', outcome: 'failure', message: 'Try again later.' },
      denied: { kind: 'end', outcome: 'failure', message: 'Access was refused.' },
      done: success,
    },
  }),
]
