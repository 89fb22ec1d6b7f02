/** Faults of a resource server: the sample API and userinfo (RFC 6750, RFC 9449, RFC 9470, RFC 9728). */
import { whole } from '../../config/shape.ts'
import { json } from '../../http/answers.ts'
import type { FaultEndpoint, Faults, FaultText, PlainFault } from '../fault.ts'
import { headerValue } from '../wire-checks.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of a resource server. */
export type ResourceServerFaultName =
  | 'resource-invalid-token'
  | 'resource-401-without-challenge'
  | 'resource-challenge-malformed'
  | 'resource-challenge-case'
  | 'resource-challenge-several'
  | 'resource-insufficient-scope'
  | 'resource-step-up'
  | 'resource-dpop-nonce'
  | 'resource-status-429'
  | 'resource-status-503'
  | 'resource-redirect'
  | 'resource-metadata-foreign'
  | 'resource-metadata-http'
  | 'resource-metadata-script'

const endpoints: readonly FaultEndpoint[] = ['sample-contacts', 'sample-files', 'userinfo']
const retryAfter = { retryAfterSeconds: { check: whole(0), text: 'Value of `Retry-After` in seconds. Default 1.' } }
const renewed = { spec: 'RFC 6750 3.1', rule: 'After 401 renew the token once and repeat once, then give up.' }
const challenge = {
  spec: 'RFC 9110 11.6.1, RFC 6750 3',
  rule: 'Read a challenge whatever its form, and survive one that has none.',
}
const wait = {
  spec: 'RFC 6585 4, RFC 9110 10.2.3',
  rule: 'Wait as `Retry-After` says, within a bound; end no session.',
}

const located = {
  spec: 'RFC 9728 3.1, 7.7',
  rule: 'Open https addresses alone (http for loopback hosts).',
}

/** Faults of a resource server, in the order in which they act. */
export const resourceServerFaults: Faults<ResourceServerFaultName> = {
  'resource-invalid-token': refusal(
    {
      description: 'The API answers 401 `invalid_token` to a good token.',
      ...renewed,
      cases: ['A-FAP-23', 'J-05', 'J-07'],
    },
    401,
    'Bearer error="invalid_token", error_description="fault: resource-invalid-token"',
  ),
  'resource-401-without-challenge': refusal(
    { description: 'The API answers 401 without a challenge.', ...renewed, cases: ['J-07', 'J-23'] },
    401,
  ),
  'resource-challenge-malformed': refusal(
    { description: 'The API answers 401 with a challenge that cannot be parsed.', ...challenge, cases: ['A-FAP-22'] },
    401,
    'Bearer realm="unclosed, error=invalid_token,, =x "',
  ),
  'resource-challenge-case': refusal(
    { description: 'The API answers 401 with the scheme bEARER and odd spaces.', ...challenge, cases: ['A-FAP-22'] },
    401,
    'bEARER   ERROR="invalid_token" ,  scope=contacts.read',
  ),
  'resource-challenge-several': refusal(
    { description: 'The API answers 401 with challenges of three schemes.', ...challenge, cases: ['A-FAP-22'] },
    401,
    'Basic realm="a, b", DPoP algs="ES256", Bearer error="invalid_token"',
  ),
  'resource-insufficient-scope': {
    description: 'The API answers 403 `insufficient_scope` and names a scope.',
    spec: 'RFC 6750 3.1',
    rule: 'Ask for the named scope, or tell the user; do not repeat with the same token.',
    cases: [],
    endpoints,
    options: { scope: { check: headerValue, text: 'Scope that the challenge names. Default `admin`.' } },
    stage: 'request',
    act: (_, { scope = 'admin' }) =>
      refuse(403, `Bearer error="insufficient_scope", error_description="fault", scope="${scope}"`),
  },
  'resource-step-up': {
    description: 'The API answers 401 `insufficient_user_authentication`: the login is too weak or too old.',
    spec: 'RFC 9470 3',
    rule: 'Start a login with the `acr_values` and the `max_age` of the challenge, once.',
    cases: ['F-37'],
    endpoints,
    options: {
      acrValues: { check: headerValue, text: 'Value of `acr_values`. Default `urn:example:strong`.' },
      maxAgeSeconds: { check: whole(0), text: 'Value of `max_age` in seconds. Default none.' },
    },
    stage: 'request',
    act: (_, { acrValues = 'urn:example:strong', maxAgeSeconds }) =>
      refuse(
        401,
        `Bearer error="insufficient_user_authentication", error_description="fault", acr_values="${acrValues}"${
          maxAgeSeconds === undefined ? '' : `, max_age="${maxAgeSeconds}"`
        }`,
      ),
  },
  'resource-dpop-nonce': refusal(
    {
      description: 'The API asks for a DPoP proof with a nonce, its scheme written dPOP.',
      spec: 'RFC 9449 9',
      rule: 'Repeat the request once with the nonce.',
      valid: true,
      cases: ['A-FAP-22', 'K-10.3.5'],
    },
    401,
    'dPOP error="use_dpop_nonce", error_description="fault: a nonce is needed"',
    { 'DPoP-Nonce': 'mock-resource-nonce-1' },
  ),
  'resource-status-429': {
    description: 'The API answers 429 with `Retry-After`.',
    ...wait,
    cases: ['J-04'],
    endpoints,
    options: retryAfter,
    stage: 'request',
    act: (_, { retryAfterSeconds = 1 }) => overloaded(429, retryAfterSeconds),
  },
  'resource-status-503': {
    description: 'The API answers 503 with `Retry-After`.',
    ...wait,
    cases: [],
    endpoints,
    options: retryAfter,
    stage: 'request',
    act: (_, { retryAfterSeconds = 1 }) => overloaded(503, retryAfterSeconds),
  },
  'resource-redirect': {
    description: 'The API answers 302 to another origin.',
    spec: 'RFC 9110 15.4, RFC 6750 5.3',
    rule: 'Send the token to the origins that are allowed and follow no redirect with it.',
    cases: ['I-30', 'J-33'],
    endpoints,
    stage: 'request',
    act: () => new Response(null, { status: 302, headers: { Location: `${attacker}/collect` } }),
  },
  'resource-metadata-foreign': refusal(
    {
      description: 'The API answers 401 and points to protected-resource metadata on another host.',
      spec: 'RFC 9728 3.3, 7.6',
      rule: 'Ask the own host of the resource alone, and refuse metadata whose `resource` is not the one that was asked.',
      cases: ['J-32', 'J-33'],
    },
    401,
    `Bearer resource_metadata="${attacker}/.well-known/oauth-protected-resource"`,
  ),
  'resource-metadata-http': refusal(
    {
      description: 'The API answers 401 and points to protected-resource metadata without TLS.',
      ...located,
      cases: ['J-33'],
    },
    401,
    'Bearer resource_metadata="http://api.example/.well-known/oauth-protected-resource"',
  ),
  'resource-metadata-script': refusal(
    {
      description: 'The API answers 401 and points to protected-resource metadata by a script URL.',
      ...located,
      cases: ['J-33'],
    },
    401,
    'Bearer resource_metadata="javascript:alert(1)"',
  ),
}

function refuse(status: number, value?: string, headers: Readonly<Record<string, string>> = {}): Response {
  const error = status === 403 ? 'insufficient_scope' : 'invalid_token'
  return json({ error }, { status, headers: { ...headers, ...(value !== undefined && { 'WWW-Authenticate': value }) } })
}

function overloaded(status: number, retryAfterSeconds: number): Response {
  return json({ error: 'temporarily_unavailable' }, { status, headers: { 'Retry-After': String(retryAfterSeconds) } })
}

function refusal(
  about: FaultText,
  status: number,
  value?: string,
  headers: Readonly<Record<string, string>> = {},
): PlainFault {
  return { ...about, endpoints, stage: 'request', act: () => refuse(status, value, headers) }
}
