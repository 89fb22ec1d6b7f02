/** Faults of logout tokens beside those of any token (OpenID Connect Back-Channel Logout 1.0 section 2.6). */

import { logoutEvent } from '../../tokens/logout-token.ts'
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { changeDraft, draftOptions } from './draft-change.ts'

/** Names of the faults of logout tokens beside those of any token. */
export type LogoutTokenFaultName =
  | 'logout-token-events-missing'
  | 'logout-token-events-wrong'
  | 'logout-token-events-text'
  | 'logout-token-events-array'
  | 'logout-token-nonce'
  | 'logout-token-nobody'
  | 'logout-token-sub-alone'
  | 'logout-token-sid-alone'
  | 'logout-token-sid-other'
  | 'logout-token-jti-missing'
  | 'logout-token-typ-missing'
  | 'logout-token-typ-secevent'
  | 'logout-token-is-id-token'
  | 'logout-token-is-access-token'
  | 'logout-token'

const spec = 'OpenID Connect Back-Channel Logout 1.0 section 2.6'
const event = { spec, rule: 'Refuse a logout token without the event of a logout, an object of that name in `events`.' }
const whom = {
  spec,
  rule: 'Refuse a logout token that names neither `sub` nor `sid`; end the sessions of whom it names.',
}
const kind = { spec: `${spec}, RFC 8725 3.11`, rule: 'Take logout tokens alone for a logout token.' }

/** Faults of logout tokens, in the order in which they act. */
export const logoutTokenFaults: Faults<LogoutTokenFaultName> = {
  'logout-token-events-missing': claimFault(
    { description: 'Logout token without `events`.', ...event, cases: ['A-BCL-03', 'K-10.5.5'] },
    { events: undefined },
  ),
  'logout-token-events-wrong': claimFault(
    { description: 'Logout token whose `events` names another event.', ...event, cases: ['A-BCL-07'] },
    { events: { 'http://schemas.openid.net/event/another': {} } },
  ),
  'logout-token-events-text': claimFault(
    { description: 'Logout token whose event is text.', ...event, cases: ['H-25'] },
    { events: { [logoutEvent]: 'yes' } },
  ),
  'logout-token-events-array': claimFault(
    { description: 'Logout token whose event is an array.', ...event, cases: ['H-25'] },
    { events: { [logoutEvent]: [] } },
  ),
  'logout-token-nonce': claimFault(
    {
      description: 'Logout token with a `nonce`.',
      spec,
      rule: 'Refuse a logout token with a `nonce`: it may be an ID token.',
      cases: ['A-BCL-04', 'K-10.5.5'],
    },
    { nonce: 'nonce-1' },
  ),
  'logout-token-nobody': claimFault(
    { description: 'Logout token without `sub` and `sid`.', ...whom, cases: ['H-11'] },
    { sub: undefined, sid: undefined },
  ),
  'logout-token-sub-alone': claimFault(
    { description: 'Logout token with `sub` alone: all sessions of the user.', ...whom, valid: true, cases: ['H-13'] },
    { sid: undefined },
  ),
  'logout-token-sid-alone': claimFault(
    { description: 'Logout token with `sid` alone: one session.', ...whom, valid: true, cases: ['H-13'] },
    { sub: undefined },
  ),
  'logout-token-sid-other': {
    description: 'Logout token whose `sid` belongs to another user than its `sub`, if another one is signed in.',
    spec,
    rule: 'End no session that does not belong to both `sub` and `sid`.',
    cases: ['H-14'],
    endpoints: ['back-channel-logout'],
    stage: 'logout-token',
    act({ draft: { claims }, runtime: { records } }) {
      const others = [...records.sessions.values()].filter(
        ({ id, userId }) => id !== claims.sid && userId !== claims.sub,
      )
      claims.sid = others.at(-1)?.id ?? 'session-of-somebody-else'
    },
  },
  'logout-token-jti-missing': claimFault(
    {
      description: 'Logout token without `jti`.',
      spec: `${spec}, section 2.4`,
      rule: 'Refuse a logout token without `jti`.',
      cases: ['K-10.5.5'],
    },
    { jti: undefined },
  ),
  'logout-token-typ-missing': headerFault(
    { description: 'Logout token without `typ`.', ...kind, valid: true, cases: ['H-15'] },
    undefined,
  ),
  'logout-token-typ-secevent': headerFault(
    { description: 'Logout token whose `typ` is secevent+jwt.', ...kind, cases: ['H-15'] },
    'secevent+jwt',
  ),
  'logout-token-is-id-token': replaced(
    { description: 'An ID token stands where the logout token belongs.', ...kind, cases: ['H-20', 'K-9.2.2'] },
    { nonce: 'nonce-1' },
    'JWT',
  ),
  'logout-token-is-access-token': replaced(
    { description: 'An access token stands where the logout token belongs.', ...kind, cases: ['H-20', 'K-9.2.2'] },
    { scope: 'openid' },
    'at+jwt',
  ),
  'logout-token': {
    description: 'Logout token as you say: claims and header members, or the payload itself.',
    spec,
    rule: 'Any of OpenID Connect Back-Channel Logout 1.0 section 2.6.',
    cases: ['H-10', 'H-15'],
    endpoints: ['back-channel-logout'],
    options: draftOptions,
    stage: 'logout-token',
    act: ({ draft }, options) => changeDraft(draft, options),
  },
}

function claimFault(text: FaultText, changes: Readonly<Record<string, unknown>>): PlainFault {
  return {
    ...text,
    endpoints: ['back-channel-logout'],
    stage: 'logout-token',
    act({ draft: { claims } }) {
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) delete claims[name]
        else claims[name] = value
      }
    },
  }
}

function headerFault(text: FaultText, typ: string | undefined): PlainFault {
  return {
    ...text,
    endpoints: ['back-channel-logout'],
    stage: 'logout-token',
    act({ draft: { header } }) {
      if (typ === undefined) delete header.typ
      else header.typ = typ
    },
  }
}

/** Signs another kind of token with the same issuer, audience, subject and times. */
function replaced(text: FaultText, more: Readonly<Record<string, unknown>>, typ: string): PlainFault {
  return {
    ...text,
    endpoints: ['back-channel-logout'],
    stage: 'logout-token',
    act({ draft, runtime }) {
      const { iss, aud, sub, iat, exp, sid } = draft.claims
      const other = draftToken(runtime.keys, { iss, aud, sub, iat, exp, sid, ...more }, draft.alg)
      other.header.typ = typ
      draft.finish.push(() => signDraft(runtime.keys, other))
    },
  }
}
