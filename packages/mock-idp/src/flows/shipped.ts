/** Flows, connector and stub that come with the mock (IDP-SPEC S-014, S-019, S-068, 4.10). */
import type { ConnectorConfig } from './connectors/connector.ts'
import { defineFlow, type FlowDefinition, type FlowNode } from './definition.ts'

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

const stepUpNodes: FlowDefinition['nodes'] = {
  load: {
    kind: 'action',
    action: 'load-user',
    next: 'mark',
    onError: { mode: 'custom', next: 'nosession' },
  },
  mark: { kind: 'action', action: 'mark-step-up', next: 'choose' },
  choose: {
    kind: 'condition',
    rules: [
      {
        name: 'passkey possible',
        all: [
          { key: 'user.webauthn', op: 'is-true' },
          { key: 'device.webAuthnSupport', op: 'is-true' },
        ],
        next: 'passkey',
      },
      { name: 'no telephone', all: [{ key: 'user.phone', op: 'empty' }], next: 'mail' },
    ],
    else: 'send',
  },
  passkey: {
    kind: 'action',
    action: 'passkey',
    args: { mode: 'sign-in' },
    next: 'done',
    onError: { mode: 'custom', next: 'send' },
  },
  send: {
    kind: 'action',
    action: 'otp-start',
    args: { channel: 'sms', to: { dynamic: 'user.phone' } },
    next: 'code',
    onError: { mode: 'custom', next: 'mail' },
  },
  mail: {
    kind: 'action',
    action: 'otp-start',
    args: { channel: 'email', to: { dynamic: 'user.email' } },
    next: 'code',
  },
  code: {
    kind: 'screen',
    title: 'Confirm it is you',
    text: 'Type the code that was sent to you. This mock sends 123456.',
    show: ['error'],
    fields: [{ name: 'code', type: 'code', label: 'Code', required: true }],
    buttons: [{ id: 'verify', label: 'Confirm', next: 'verify' }],
  },
  verify: {
    kind: 'action',
    action: 'otp-verify',
    args: { mode: 'sign-in', code: '{{form.code}}' },
    next: 'done',
  },
  nosession: { kind: 'end', outcome: 'failure', message: 'Please sign in first.' },
  done: success,
}

const stepUp = (id: string): FlowDefinition =>
  defineFlow({
    id,
    name: 'Confirm it is you',
    requires: { session: true, stepUp: true },
    start: 'load',
    nodes: stepUpNodes,
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

/** Flows by their ids: `sign-up-or-in`, `step_up`, `step-up`, and those of inbound applications and of the `dob` example. */
export const shippedFlows: readonly FlowDefinition[] = [
  signIn,
  stepUp('step_up'),
  stepUp('step-up'),
  defineFlow({
    id: 'inbound-apps-user-consent',
    name: 'Sign in for an inbound application; the consent page follows',
    start: 'login',
    nodes: { login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'done' }, done: success },
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

/** The connector of the worked example. No network is used: {@link peopleApiReply} answers. */
export const shippedConnectors: readonly ConnectorConfig[] = [
  {
    id: 'people-api',
    name: 'People API',
    description: 'Random people, answered by a local stub',
    baseUrl: 'https://random-data-api.com/api/v2',
  },
]

/** One person, in the shape of the worked example (IDP-SPEC S-031). */
export function peopleApiReply(): Response {
  return Response.json({
    id: 8241,
    uid: 'b7f3c1de-5b0e-4f0e-9d7e-3f1f5c2a9a10',
    password: 'kT9vQ2mX7w',
    first_name: 'Dana',
    last_name: 'Levi',
    username: 'dana.levi',
    email: 'dana.levi@people.example',
    gender: 'Female',
    phone_number: '+972 555-0142',
    social_insurance_number: '000000000',
    date_of_birth: '1984-02-09',
    employment: { title: 'Harbour Pilot', key_skill: 'Navigation' },
    address: { city: 'Haifa', country: 'Israel', coordinates: { lat: 32.8, lng: 35 } },
    subscription: { plan: 'Basic', status: 'Active' },
  })
}
