/** Faults of the token endpoint that come before it looks at a request (RFC 6749 5.2). */
import { text, whole } from '../../config/shape.ts'
import { json, noStore } from '../../http/answers.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { waitFor } from '../hang.ts'
import { headerValue, redirectStatus } from '../wire-checks.ts'
import { failure } from './token-answer.ts'
import { attacker } from './token-row.ts'

/** Names of the faults that come before the token endpoint looks at a request. */
export type TokenRefusalFaultName =
  | 'token-hang'
  | 'token-error'
  | 'token-status-500'
  | 'token-status-503'
  | 'token-status-429'
  | 'token-status-400-empty'
  | 'token-status-401-challenge'
  | 'token-redirect'
  | 'token-error-with-200'
  | 'token-dpop-nonce-required'
  | 'token-dpop-nonce-huge'
  | 'token-dpop-nonce-twice'

const sorry = {
  spec: 'RFC 6749 5.2, RFC 9110 15.6',
  rule: 'A server that fails ends no session: tell a retryable error, and send a code once only.',
}
const error = {
  spec: 'RFC 6749 5.2',
  rule: 'Read the error of the body whatever the status, and give up on a definite one.',
}
const nonce = {
  spec: 'RFC 9449 8',
  rule: 'Repeat the request once with the nonce; bound it, and refuse what is no nonce.',
}

/** Faults that come before the token endpoint looks at a request, in the order in which they act. */
export const tokenRefusalFaults: Faults<TokenRefusalFaultName> = {
  'token-hang': {
    description: 'Token endpoint never answers, or answers after `delayMs`.',
    spec: 'RFC 6749 3.2',
    rule: 'Give every request a deadline.',
    cases: ['D-30'],
    endpoints: ['token'],
    options: {
      delayMs: { check: whole(0), text: 'Answers after this many milliseconds of real time instead of never.' },
    },
    stage: 'request',
    act: ({ request }, { delayMs }) => waitFor(request, delayMs),
  },
  'token-error': {
    description: 'Token endpoint answers an error; `error`, `description` and `status` choose which.',
    ...error,
    cases: ['J-09', 'I-21', 'D-38', 'J-13'],
    endpoints: ['token'],
    options: {
      error: { check: text, text: 'Error code. Default `invalid_grant`.' },
      description: { check: text, text: 'Value of `error_description`. Default a note that a fault is on.' },
      status: { check: whole(400, 599), text: 'HTTP status. Default 400.' },
    },
    stage: 'request',
    act: (exchange, { error = 'invalid_grant', description = 'fault: token-error', status = 400 }) =>
      failure(exchange, status, error, description),
  },
  'token-status-500': insteadOf(
    { description: 'Token endpoint answers 500 before it looks at the request.', ...sorry, cases: ['D-30', 'J-06'] },
    (exchange) => failure(exchange, 500, 'server_error', 'fault: token-status-500'),
  ),
  'token-status-503': insteadOf(
    { description: 'Token endpoint answers 503 before it looks at the request.', ...sorry, cases: ['D-30', 'J-06'] },
    (exchange) => failure(exchange, 503, 'temporarily_unavailable', 'fault: token-status-503'),
  ),
  'token-status-429': {
    description: 'Token endpoint answers 429 with `Retry-After`, before it looks at the request.',
    spec: 'RFC 6585 4, RFC 9110 10.2.3',
    rule: 'Wait as long as `Retry-After` says, within a bound; end no session.',
    cases: ['J-04', 'J-06'],
    endpoints: ['token'],
    options: { retryAfterSeconds: { check: whole(0), text: 'Value of `Retry-After` in seconds. Default 1.' } },
    stage: 'request',
    act({ requestId }, { retryAfterSeconds = 1 }) {
      const body = { errorCode: 'E130429', errorDescription: 'fault: token-status-429', requestId }
      return json(body, { status: 429, headers: { ...noStore, 'Retry-After': String(retryAfterSeconds) } })
    },
  },
  'token-status-400-empty': insteadOf(
    { description: 'Token endpoint answers 400 without a body.', ...error, cases: ['D-19'] },
    () => new Response(null, { status: 400, headers: noStore }),
  ),
  'token-status-401-challenge': insteadOf(
    { description: 'Token endpoint answers 401 `invalid_client` with a Basic challenge.', ...error, cases: ['D-20'] },
    (exchange) =>
      failure(exchange, 401, 'invalid_client', 'fault: token-status-401-challenge', {
        'WWW-Authenticate': 'Basic realm="oauth2"',
      }),
  ),
  'token-redirect': {
    description: 'Token endpoint answers a redirect to another host, before it looks at the request.',
    spec: 'RFC 9700 4.11, 4.12',
    rule: 'Follow no redirect of an OAuth endpoint: the code and the secret would go with it.',
    cases: ['D-21', 'J-33'],
    endpoints: ['token'],
    options: {
      status: { check: redirectStatus, text: 'HTTP status: 301, 302, 303, 307 or 308. Default 307.' },
      location: { check: headerValue, text: "Target. Default an attacker's token endpoint." },
    },
    stage: 'request',
    act: (_, { status = 307, location = `${attacker}/token` }) =>
      new Response(null, { status, headers: { ...noStore, Location: location } }),
  },
  'token-error-with-200': insteadOf(
    {
      description: 'Token endpoint answers an `invalid_grant` error with status 200, before it looks at the request.',
      ...error,
      cases: ['D-18'],
    },
    (exchange) => failure(exchange, 200, 'invalid_grant', 'fault: token-error-with-200'),
  ),
  'token-dpop-nonce-required': insteadOf(
    {
      description: 'Token endpoint asks for a DPoP proof with a nonce, before it looks at the request.',
      ...nonce,
      valid: true,
      cases: ['A-FAP-01', 'A-REQ-04', 'K-10.3.5'],
    },
    (exchange) => useNonce(exchange, 'mock-nonce-1'),
  ),
  'token-dpop-nonce-huge': insteadOf(
    { description: 'Token endpoint asks for a DPoP proof with a nonce of 8 kB.', ...nonce, cases: ['D-35'] },
    (exchange) => useNonce(exchange, 'n'.repeat(8192)),
  ),
  'token-dpop-nonce-twice': insteadOf(
    {
      description: 'Token endpoint asks for a DPoP proof with two nonces, one with quotes.',
      ...nonce,
      cases: ['D-35'],
    },
    (exchange) => useNonce(exchange, 'one, "two"\\'),
  ),
}

function useNonce(exchange: Exchange, value: string): Response {
  return failure(exchange, 400, 'use_dpop_nonce', 'fault: a DPoP nonce is needed', { 'DPoP-Nonce': value })
}

function insteadOf(about: FaultText, act: (exchange: Exchange) => Response): PlainFault {
  return { ...about, endpoints: ['token'], stage: 'request', act }
}
