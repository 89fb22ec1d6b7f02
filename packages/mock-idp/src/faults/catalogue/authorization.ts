/** Faults of the authorization endpoint and of its response (RFC 6749 4.1.2, RFC 9207, OpenID Connect Core 3.1.2). */
import { type Check, listOf, whole } from '../../config/shape.ts'
import { page } from '../../http/answers.ts'
import { errorPage } from '../../pages/error.ts'
import type { Faults } from '../fault.ts'
import { waitFor } from '../hang.ts'
import { deleteParameter, responseFault, responseOf, setParameter, setResponse } from './response-fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of the authorization endpoint and its response. */
export type AuthorizationFaultName =
  | 'authorize-hang'
  | 'authorize-silent-hang'
  | 'authorize-frame-refused'
  | 'response-code-and-error'
  | 'response-code-missing'
  | 'response-code-duplicated'
  | 'response-code-other'
  | 'response-iss-wrong'
  | 'response-iss-missing'
  | 'response-iss-slash'
  | 'response-iss-unannounced'
  | 'response-iss-duplicated'
  | 'response-state-missing'
  | 'response-state-wrong'
  | 'response-state-proto'
  | 'response-state-duplicated'
  | 'response-id-token-injected'
  | 'response-id-token-c-hash-wrong'
  | 'response-access-token-injected'
  | 'response-extra-parameters'
  | 'response-proto-parameter'
  | 'response-fragment'
  | 'response-parameters'

const delay = {
  delayMs: { check: whole(0), text: 'Answers after this many milliseconds of real time instead of never.' },
}
const deadline = {
  spec: 'OpenID Connect Core 3.1.2.1',
  rule: 'Give every wait a deadline; a silent check that fails ends no session.',
}
const iss = {
  spec: 'RFC 9207 2.4',
  rule: 'Compare `iss` with the issuer of the request, and miss it where it was announced.',
}
const state = {
  spec: 'RFC 6749 10.12, RFC 9700 4.7',
  rule: 'Take a response only with the `state` of an own open request.',
}
const once = { spec: 'RFC 6749 3.1', rule: 'Refuse a response that repeats a parameter.' }
const codeAlone = {
  spec: 'RFC 6749 4.1.2, OAuth 2.0 Multiple Response Types 5',
  rule: 'Take what was asked for from the place where it was asked for, and use no token of a front channel.',
}

/** Faults of the authorization endpoint and its response, in the order in which they act. */
export const authorizationFaults: Faults<AuthorizationFaultName> = {
  'authorize-hang': {
    description: 'Authorize never answers, or answers after `delayMs`.',
    ...deadline,
    cases: ['G-09'],
    endpoints: ['authorize'],
    options: delay,
    stage: 'request',
    act: ({ request }, { delayMs }) => waitFor(request, delayMs),
  },
  'authorize-silent-hang': {
    description: 'Authorize never answers a request with `prompt=none`, or answers after `delayMs`.',
    ...deadline,
    cases: ['G-09', 'G-10'],
    endpoints: ['authorize'],
    options: delay,
    stage: 'request',
    when: ({ query }) => (query.get('prompt') ?? '').split(' ').includes('none'),
    act: ({ request }, { delayMs }) => waitFor(request, delayMs),
  },
  'authorize-frame-refused': {
    description: 'Authorize answers a page that refuses to be framed (`X-Frame-Options` and `frame-ancestors`).',
    ...deadline,
    spec: 'OpenID Connect Core 3.1.2.6, RFC 9700 4.16',
    cases: ['G-08'],
    endpoints: ['authorize'],
    stage: 'request',
    act: () => page(errorPage({ code: 'fault', description: 'authorize-frame-refused' }), { framing: 'none' }),
  },
  'response-code-and-error': responseFault(
    {
      description: 'The authorization response has a code and an error.',
      spec: 'RFC 6749 4.1.2, 4.1.2.1',
      rule: 'Refuse a response that is a success and an error at once.',
      cases: ['C-30'],
    },
    (target) => target.parameters.push(['error', 'access_denied']),
  ),
  'response-code-missing': responseFault(
    {
      description: 'The authorization response has neither code nor error.',
      spec: 'RFC 6749 4.1.2',
      rule: 'Refuse a response without a code.',
      cases: [],
    },
    (target) => deleteParameter(target, 'code'),
  ),
  'response-code-duplicated': responseFault(
    { description: 'The authorization response has two different `code` parameters.', ...once, cases: ['C-29'] },
    (target) => target.parameters.push(['code', 'another-code']),
  ),
  'response-code-other': responseFault(
    {
      description: 'The authorization response has the code of an earlier request, or an unknown one.',
      spec: 'RFC 7636 4.6, RFC 9700 4.5',
      rule: 'Bind the code to the request by PKCE and `nonce`; end the login when it is refused.',
      cases: ['C-19', 'C-26', 'K-10.2.2'],
    },
    (target) => {
      const own = target.parameters.find(([name]) => name === 'code')?.[1]
      const earlier = [...target.runtime.records.codes.keys()].filter((code) => code !== own).at(-1)
      setParameter(target, 'code', earlier ?? 'code-of-another-request')
    },
  ),
  'response-iss-wrong': responseFault(
    {
      description: 'The authorization response names another issuer.',
      ...iss,
      cases: ['A-FAP-16', 'C-26', 'J-18', 'K-10.2.2'],
    },
    (target) => setParameter(target, 'iss', attacker),
  ),
  'response-iss-missing': responseFault(
    {
      description: 'Metadata announces `iss` in the authorization response, which lacks it.',
      ...iss,
      cases: ['A-FAP-17', 'C-23', 'J-18'],
    },
    (target) => deleteParameter(target, 'iss'),
  ),
  'response-iss-slash': responseFault(
    {
      description: 'The authorization response names the issuer with a slash at its end.',
      ...iss,
      cases: ['J-18'],
    },
    (target) => setParameter(target, 'iss', `${target.issuer}/`),
  ),
  'response-iss-unannounced': responseFault(
    {
      description: 'The authorization response has the right `iss`, whatever metadata announces.',
      ...iss,
      valid: true,
      cases: ['J-18', 'C-25'],
      profile: 'descope',
    },
    (target) => setParameter(target, 'iss', target.issuer),
  ),
  'response-iss-duplicated': responseFault(
    { description: 'The authorization response has two different `iss` parameters.', ...once, cases: ['C-29'] },
    (target) => {
      setParameter(target, 'iss', target.issuer)
      target.parameters.push(['iss', attacker])
    },
  ),
  'response-state-missing': responseFault(
    {
      description: 'The authorization response has no `state`.',
      ...state,
      cases: ['A-FAP-19', 'C-13', 'K-10.2.1'],
    },
    (target) => deleteParameter(target, 'state'),
  ),
  'response-state-wrong': responseFault(
    {
      description: 'The authorization response has another `state`.',
      ...state,
      cases: ['A-FAP-18', 'K-10.1.2', 'K-10.2.1'],
    },
    (target) => setParameter(target, 'state', 'another-state'),
  ),
  'response-state-proto': responseFault(
    {
      description: 'The authorization response has the `state` `__proto__`.',
      ...state,
      cases: ['C-21', 'L-50'],
    },
    (target) => setParameter(target, 'state', '__proto__'),
  ),
  'response-state-duplicated': responseFault(
    { description: 'The authorization response has two different `state` parameters.', ...once, cases: ['C-29'] },
    (target) => target.parameters.push(['state', 'another-state']),
  ),
  'response-id-token-injected': responseFault(
    {
      description: 'The authorization response has an `id_token` beside the code, as in the hybrid flow.',
      ...codeAlone,
      cases: ['A-CMP-03'],
    },
    (target) => target.parameters.push(['id_token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJVMm1vY2tTb21lYm9keUVsc2UifQ.']),
  ),
  'response-id-token-c-hash-wrong': responseFault(
    {
      description: 'The authorization response has an `id_token` whose `c_hash` is not that of the code.',
      ...codeAlone,
      cases: ['A-CMP-04'],
    },
    (target) => {
      const claims = btoa('{"sub":"U2mockSomebodyElse","c_hash":"AAAAAAAAAAAAAAAAAAAAAA"}').replaceAll('=', '')
      target.parameters.push(['id_token', `eyJhbGciOiJub25lIn0.${claims}.`])
    },
  ),
  'response-access-token-injected': responseFault(
    {
      description: 'The authorization response has an access token beside the code, as in the implicit flow.',
      ...codeAlone,
      cases: ['A-CMP-06'],
    },
    (target) => target.parameters.push(['access_token', 'injected-access-token'], ['token_type', 'Bearer']),
  ),
  'response-extra-parameters': responseFault(
    {
      description: 'The authorization response has parameters that nobody asked for.',
      spec: 'RFC 6749 4.1.2',
      rule: 'Ignore parameters that are not understood.',
      valid: true,
      cases: ['C-38'],
    },
    (target) => target.parameters.push(['session_state', 'abc.def'], ['scope', 'openid'], ['utm_source', 'mail']),
  ),
  'response-proto-parameter': responseFault(
    {
      description: 'The authorization response has parameters named `__proto__` and `constructor`.',
      spec: 'RFC 6749 4.1.2',
      rule: 'Ignore parameters that are not understood, and let no name reach a prototype.',
      valid: true,
      cases: ['L-50', 'C-38'],
    },
    (target) => target.parameters.push(['__proto__', 'polluted'], ['constructor', 'polluted']),
  ),
  'response-fragment': {
    description: 'The authorization response comes in the fragment although the query was asked for.',
    ...codeAlone,
    cases: ['C-36'],
    endpoints: ['authorize'],
    stage: 'answer',
    when: (answer) => responseOf(answer) !== undefined,
    act: (answer) => setResponse(answer, `#${responseOf(answer)?.searchParams}`),
  },
  'response-parameters': {
    description: 'The authorization response has the parameters that you say, in your order; names may repeat.',
    spec: 'RFC 6749 4.1.2',
    rule: 'Any of RFC 6749 4.1.2 and RFC 9207 2.4.',
    cases: ['C-29', 'C-21'],
    endpoints: ['authorize'],
    options: { list: { check: listOf(pair()), text: 'Pairs of name and value. Default none.' } },
    stage: 'authorization-response',
    act(target, { list = [] }) {
      target.parameters = list.map(([name, value]) => [name, value])
    },
  },
}

function pair(): Check {
  const texts = listOf((value, path) => {
    if (typeof value !== 'string') throw new TypeError(`${path}: expected text`)
  })
  return (value, path) => {
    texts(value, path)
    if (!Array.isArray(value) || value.length !== 2) throw new TypeError(`${path}: expected a pair of name and value`)
  }
}
