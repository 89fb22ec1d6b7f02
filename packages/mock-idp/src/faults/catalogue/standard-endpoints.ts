/** Faults of endpoints that the standard profile alone has: introspection, pushed requests and devices. */
import { json, noStore } from '../../http/answers.ts'
import { changeText } from '../answer-draft.ts'
import type { Faults, PlainFault } from '../fault.ts'
import { changedAnswer, htmlPage, members } from './endpoint-answer.ts'
import { failure } from './token-answer.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of endpoints that the standard profile alone has. */
export type StandardEndpointFaultName =
  | 'introspection-status-500'
  | 'introspection-inactive'
  | 'introspection-active-text'
  | 'introspection-active-missing'
  | 'introspection-aud-other'
  | 'introspection-client-other'
  | 'introspection-scope-other'
  | 'introspection-expired'
  | 'introspection-cnf-missing'
  | 'introspection-deep'
  | 'introspection-array'
  | 'introspection-not-json'
  | 'par-error'
  | 'par-status-503'
  | 'par-request-uri-missing'
  | 'par-request-uri-foreign'
  | 'par-expires-in-zero'
  | 'device-authorization-error'
  | 'device-verification-uri-script'
  | 'device-interval-missing'
  | 'device-code-missing'
  | 'device-pending'
  | 'device-slow-down'
  | 'device-expired'
  | 'device-denied'

const active = {
  spec: 'RFC 7662 2.2, 4',
  rule: 'Take a token for good only when `active` is the boolean true, and check audience, client, scope and time as well.',
}
const down = { spec: 'RFC 7662 2.3', rule: 'Let nobody in while introspection fails, and say 503, not 401.' }
const pushed = {
  spec: 'RFC 9126 2.2, 2.3',
  rule: 'Start no login without a `request_uri`; it is a name, never an address to open.',
}
const device = {
  spec: 'RFC 8628 3.2',
  rule: 'Refuse an answer that lacks a needed member, and show or open https addresses alone.',
}
const polling = {
  spec: 'RFC 8628 3.5',
  rule: 'Go on polling at the interval, five seconds slower after `slow_down`, and stop on every other error.',
}

/** Faults of endpoints that the standard profile alone has, in the order in which they act. */
export const standardEndpointFaults: Faults<StandardEndpointFaultName> = {
  'introspection-status-500': {
    description: 'Introspection answers 500.',
    ...down,
    cases: ['F-28'],
    endpoints: ['introspect'],
    stage: 'request',
    act: (exchange) => failure(exchange, 500, 'server_error', 'fault: introspection-status-500'),
  },
  'introspection-inactive': changedAnswer(
    'introspect',
    { description: 'Introspection says of a good token that it is not active.', ...active, cases: [] },
    (answer) => changeText(answer, () => '{"active":false}'),
  ),
  'introspection-active-text': members(
    'introspect',
    { description: 'Introspection says `active` as text.', ...active, cases: [] },
    { active: 'true' },
  ),
  'introspection-active-missing': members(
    'introspect',
    { description: 'Introspection does not say `active`.', ...active, cases: [] },
    { active: undefined },
  ),
  'introspection-aud-other': members(
    'introspect',
    { description: 'Introspection says that the token is for another API.', ...active, cases: ['F-26', 'K-10.3.1'] },
    { aud: 'https://another-api.example' },
  ),
  'introspection-client-other': members(
    'introspect',
    { description: 'Introspection says that the token belongs to another client.', ...active, cases: [] },
    { client_id: 'another-client' },
  ),
  'introspection-scope-other': members(
    'introspect',
    { description: 'Introspection says that the token has another scope.', ...active, cases: ['F-27', 'L-49'] },
    { scope: 'another.scope' },
  ),
  'introspection-expired': members(
    'introspect',
    { description: 'Introspection says that a token is active and has expired.', ...active, cases: [] },
    { exp: 946_684_800 },
  ),
  'introspection-cnf-missing': members(
    'introspect',
    {
      description: 'Introspection says that a token is of type DPoP, and not to which key it is bound.',
      spec: 'RFC 9449 6.2, 7.2',
      rule: 'Take no bound token for a Bearer token; without its key, refuse it.',
      cases: [],
    },
    { token_type: 'DPoP', cnf: undefined },
  ),
  'introspection-deep': changedAnswer(
    'introspect',
    {
      description: 'Introspection has a member with 2000 arrays in one another.',
      spec: 'RFC 8259 9',
      rule: 'Survive deep nesting: refuse the answer or read it, but do not crash.',
      cases: [],
    },
    (answer) =>
      changeText(answer, (body) =>
        body.replace(/}$/, `,"authorization_details":${'['.repeat(2000)}${']'.repeat(2000)}}`),
      ),
  ),
  'introspection-array': changedAnswer(
    'introspect',
    { description: 'Introspection is an array with the object in it.', ...down, cases: [] },
    (answer) => changeText(answer, (body) => `[${body}]`),
  ),
  'introspection-not-json': htmlPage('introspect', {
    description: 'Introspection answers 200 with an HTML page.',
    ...down,
    cases: [],
  }),
  'par-error': {
    description: 'A pushed request is refused with `invalid_request`.',
    ...pushed,
    cases: ['K-10.4.13'],
    endpoints: ['par'],
    stage: 'request',
    act: (exchange) => failure(exchange, 400, 'invalid_request', 'fault: par-error'),
  },
  'par-status-503': {
    description: 'The endpoint of pushed requests answers 503.',
    ...pushed,
    cases: ['K-10.4.13'],
    endpoints: ['par'],
    stage: 'request',
    act: () => json({ error: 'temporarily_unavailable' }, { status: 503, headers: noStore }),
  },
  'par-request-uri-missing': members(
    'par',
    { description: 'The answer to a pushed request has no `request_uri`.', ...pushed, cases: ['K-10.4.13'] },
    { request_uri: undefined },
  ),
  'par-request-uri-foreign': members(
    'par',
    {
      description: "The answer to a pushed request names an attacker's address as `request_uri`.",
      ...pushed,
      cases: ['K-10.4.13'],
    },
    { request_uri: `${attacker}/request` },
  ),
  'par-expires-in-zero': members(
    'par',
    { description: 'The answer to a pushed request says that it is over at once.', ...pushed, cases: ['K-10.4.13'] },
    { expires_in: 0 },
  ),
  'device-authorization-error': {
    description: 'Device authorization is refused with `invalid_client`.',
    ...device,
    cases: ['J-13'],
    endpoints: ['device-authorization'],
    stage: 'request',
    act: (exchange) => failure(exchange, 401, 'invalid_client', 'fault: device-authorization-error'),
  },
  'device-verification-uri-script': members(
    'device-authorization',
    { description: 'The verification address of a device is a script URL.', ...device, cases: [] },
    { verification_uri: 'javascript:alert(1)', verification_uri_complete: 'javascript:alert(1)' },
  ),
  'device-interval-missing': {
    ...members(
      'device-authorization',
      { description: 'The answer to a device has no `interval`.', ...device, cases: ['J-13'] },
      { interval: undefined },
    ),
    rule: 'Poll every five seconds.',
    valid: true,
  },
  'device-code-missing': members(
    'device-authorization',
    { description: 'The answer to a device has no `device_code`.', ...device, cases: ['J-13'] },
    { device_code: undefined },
  ),
  'device-pending': pollFault(
    'The user has not answered yet (`authorization_pending`).',
    'authorization_pending',
    true,
  ),
  'device-slow-down': pollFault('The device polls too fast (`slow_down`).', 'slow_down', true),
  'device-expired': pollFault('The device code has expired (`expired_token`).', 'expired_token'),
  'device-denied': pollFault('The user has said no to the device (`access_denied`).', 'access_denied'),
}

/** An answer to a poll of a device. */
function pollFault(description: string, error: string, valid?: true): PlainFault {
  return {
    description,
    ...polling,
    cases: ['J-13'],
    ...(valid && { valid }),
    profile: 'standard',
    endpoints: ['token'],
    stage: 'request',
    when: ({ seen }) => seen.grant_type === 'urn:ietf:params:oauth:grant-type:device_code',
    act: (exchange) => failure(exchange, 400, error, `fault: ${error}`),
  }
}
