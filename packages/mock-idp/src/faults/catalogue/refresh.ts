/** Faults of answers to a refresh (RFC 6749 6, OpenID Connect Core 12.2). */
import { text, whole } from '../../config/shape.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { type ClaimChange, claimFault } from './claim-fault.ts'
import { failure, isGrant, setMember } from './token-answer.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of answers to a refresh. */
export type RefreshFaultName =
  | 'refresh-error'
  | 'refresh-token-missing'
  | 'refresh-id-token-missing'
  | 'refresh-sub-other'
  | 'refresh-iss-other'
  | 'refresh-aud-other'
  | 'refresh-auth-time-other'
  | 'refresh-nonce-other'

const kept = { spec: 'RFC 6749 6', rule: 'Keep what an answer to a refresh leaves out.' }
const sameLogin = {
  rule: 'Refuse a refreshed ID token that is not about the same login at the same issuer.',
  spec: 'OpenID Connect Core 12.2',
}

/** Faults of answers to a refresh, in the order in which they act. */
export const refreshFaults: Faults<RefreshFaultName> = {
  'refresh-error': {
    description: 'A refresh is refused; `error` and `status` choose how.',
    spec: 'RFC 6749 5.2, RFC 9700 4.14.2',
    rule: 'End the session on `invalid_grant`, and on nothing else.',
    cases: ['I-21', 'D-38'],
    endpoints: ['token'],
    options: {
      error: { check: text, text: 'Error code. Default `invalid_grant`.' },
      status: { check: whole(400, 599), text: 'HTTP status. Default 400.' },
    },
    stage: 'request',
    when: ({ seen }) => seen.grant_type === 'refresh_token',
    act: (exchange, { error = 'invalid_grant', status = 400 }) =>
      failure(exchange, status, error, 'fault: refresh-error'),
  },
  'refresh-token-missing': answerFault(
    { description: 'A refresh gives no new refresh token.', ...kept, valid: true, cases: ['D-13'] },
    'refresh_token',
  ),
  'refresh-id-token-missing': answerFault(
    {
      description: 'A refresh gives no new ID token.',
      ...kept,
      spec: 'OpenID Connect Core 12.2',
      valid: true,
      cases: [],
    },
    'id_token',
  ),
  'refresh-sub-other': refreshFault(
    { description: 'A refreshed ID token is for another user.', ...sameLogin, cases: ['A-RFT-03'] },
    () => ({ sub: 'U2mockSomebodyElse' }),
  ),
  'refresh-iss-other': refreshFault(
    { description: 'A refreshed ID token is of another issuer.', ...sameLogin, cases: ['A-RFT-02'] },
    () => ({ iss: attacker }),
  ),
  'refresh-aud-other': refreshFault(
    { description: 'A refreshed ID token is for another client.', ...sameLogin, cases: [] },
    () => ({ aud: ['another-client'] }),
  ),
  'refresh-auth-time-other': refreshFault(
    { description: 'A refreshed ID token has another `auth_time` than the login.', ...sameLogin, cases: ['B-48'] },
    ({ claims }) => ({ auth_time: Number(claims.iat) - 60 }),
  ),
  'refresh-nonce-other': refreshFault(
    {
      description: 'A refreshed ID token has a `nonce` that is not the one of the login.',
      ...sameLogin,
      cases: ['B-49'],
    },
    () => ({ nonce: 'another-nonce' }),
  ),
}

/** The same for ID tokens that come with a refresh. */
function refreshFault(text: FaultText, change: ClaimChange): PlainFault {
  return { ...claimFault(text, change), stage: 'id-token', when: ({ refreshed }) => refreshed === true } as PlainFault
}

/** A refresh that leaves one member out. */
function answerFault(about: FaultText, member: string): PlainFault {
  return {
    ...setMember(about, member, () => undefined),
    stage: 'answer',
    when: (answer) => isGrant(answer, 'refresh_token'),
  } as PlainFault
}
