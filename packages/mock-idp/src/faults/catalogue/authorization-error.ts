/** Faults of authorization responses that are errors (RFC 6749 4.1.2.1). */
import { text } from '../../config/shape.ts'
import type { Faults } from '../fault.ts'
import { errorFault, hasCode, replaceCode, setParameter } from './response-fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of authorization responses that are errors. */
export type AuthorizationErrorFaultName =
  | 'response-error'
  | 'response-error-iss-wrong'
  | 'response-error-duplicated'
  | 'response-error-markup'
  | 'response-error-long'
  | 'response-error-uri-script'
  | 'response-error-uri-foreign'

const iss = {
  spec: 'RFC 9207 2.4',
  rule: 'Compare `iss` with the issuer of the request, and miss it where it was announced.',
}
const once = { spec: 'RFC 6749 3.1', rule: 'Refuse a response that repeats a parameter.' }
const shown = {
  spec: 'RFC 6749 4.1.2.1, RFC 9700 4.11',
  rule: 'Never show or follow what an error says: it is text of unknown origin.',
}

/** Faults of authorization responses that are errors, in the order in which they act. */
export const authorizationErrorFaults: Faults<AuthorizationErrorFaultName> = {
  'response-error': {
    description: 'The authorization response is an error; `error`, `description` and `uri` choose which.',
    spec: 'RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6',
    rule: 'Tell the known errors apart, and end the login with one of them.',
    cases: ['C-32', 'A-FPO-02'],
    endpoints: ['authorize'],
    options: {
      error: { check: text, text: 'Error code. Default `access_denied`.' },
      description: { check: text, text: 'Value of `error_description`. Default a note that a fault is on.' },
      uri: { check: text, text: 'Value of `error_uri`. Default none.' },
    },
    stage: 'authorization-response',
    when: hasCode,
    act: (target, { error = 'access_denied', description = 'fault: response-error', uri }) =>
      replaceCode(target, [
        ['error', error],
        ['error_description', description],
        ...(uri ? [['error_uri', uri] as const] : []),
      ]),
  },
  'response-error-iss-wrong': errorFault(
    { description: 'The authorization response is an error of another issuer.', ...iss, cases: ['C-27', 'J-18'] },
    (target) => {
      replaceCode(target, [['error', 'access_denied']])
      setParameter(target, 'iss', attacker)
    },
  ),
  'response-error-duplicated': errorFault(
    { description: 'The authorization response has two different `error` parameters.', ...once, cases: ['C-29'] },
    (target) =>
      replaceCode(target, [
        ['error', 'access_denied'],
        ['error', 'server_error'],
      ]),
  ),
  'response-error-markup': errorFault(
    {
      description: 'The authorization response is an error with markup and control characters in its texts.',
      ...shown,
      cases: ['C-33', 'I-32', 'L-30', 'L-37'],
    },
    (target) =>
      replaceCode(target, [
        ['error', '<script>alert(1)</script>'],
        ['error_description', '"><img src=x onerror=alert(1)>\u0000\r\nSet-Cookie: a=b\u009b31m\u202e\u2028next line'],
      ]),
  ),
  'response-error-long': errorFault(
    { description: 'The authorization response is an error with 100 kB of text.', ...shown, cases: ['C-33'] },
    (target) =>
      replaceCode(target, [
        ['error', 'access_denied'],
        ['error_description', 'long '.repeat(20_000)],
      ]),
  ),
  'response-error-uri-script': errorFault(
    {
      description: 'The authorization response is an error whose `error_uri` is a script URL.',
      ...shown,
      cases: ['C-34'],
    },
    (target) =>
      replaceCode(target, [
        ['error', 'access_denied'],
        ['error_uri', 'javascript:alert(1)'],
      ]),
  ),
  'response-error-uri-foreign': errorFault(
    {
      description: "The authorization response is an error whose `error_uri` is an attacker's page.",
      ...shown,
      cases: ['C-34'],
    },
    (target) =>
      replaceCode(target, [
        ['error', 'access_denied'],
        ['error_uri', `${attacker}/help`],
      ]),
  ),
}
