/** Confirming a user who is signed in by a second factor (IDP-SPEC S-019). */
import { defineFlow, type FlowDefinition } from './definition.ts'

/** A code or a passkey of the user who is signed in. */
export const secondFactor: FlowDefinition['nodes'] = {
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
      {
        name: 'risky or long ago',
        any: [
          { key: 'riskInfo.impossibleTravel', op: 'is-true' },
          { key: 'user.lastAuth.time', op: 'empty' },
          { key: 'user.lastAuth.time', op: 'older-than', value: 12, unit: 'hours' },
        ],
        next: 'send',
      },
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
  done: { kind: 'end', outcome: 'success' },
}

const stepUpNodes: FlowDefinition['nodes'] = {
  load: {
    kind: 'action',
    action: 'load-user',
    next: 'mark',
    onError: { mode: 'custom', next: 'nosession' },
  },
  ...secondFactor,
  nosession: { kind: 'end', outcome: 'failure', message: 'Please sign in first.' },
}

/** The flow that confirms the user, under an id. */
export const stepUpFlow = (id: string): FlowDefinition =>
  defineFlow({
    id,
    name: 'Confirm it is you',
    requires: { session: true, stepUp: true },
    start: 'load',
    nodes: stepUpNodes,
  })
