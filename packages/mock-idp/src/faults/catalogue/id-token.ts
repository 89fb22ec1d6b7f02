/** Faults of ID tokens beside those of any token (OpenID Connect Core 2, 3.1.3.7, 12.2). */
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import type { Faults, TokenFaultTarget } from '../fault.ts'
import { claimFault } from './claim-fault.ts'
import { changeDraft, draftOptions } from './draft-change.ts'

/** Names of the faults of ID tokens beside those of any token. */
export type IdTokenFaultName =
  | 'id-token-aud-two-azp-other'
  | 'id-token-aud-untrusted'
  | 'id-token-azp-wrong'
  | 'id-token-nonce-missing'
  | 'id-token-nonce-wrong'
  | 'id-token-nonce-case'
  | 'id-token-nonce-space'
  | 'id-token-auth-time-future'
  | 'id-token-auth-time-text'
  | 'id-token-auth-time-old'
  | 'id-token-acr-low'
  | 'id-token-sub-shared'
  | 'id-token-email-shared'
  | 'id-token-is-access-token'
  | 'id-token-is-logout-token'
  | 'id-token-replayed'
  | 'id-token'

const audience = {
  rule: 'Refuse further audiences that are not trusted, and an `azp` that is not the own client id.',
  spec: 'OpenID Connect Core 3.1.3.7 rules 3 to 5',
}
const nonce = {
  rule: 'Compare `nonce` with the one that was sent, character by character.',
  spec: 'OpenID Connect Core 3.1.3.7 rule 11',
}
const authTime = {
  rule: 'Refuse an `auth_time` that is no time, lies ahead, or is older than `max_age` allows.',
  spec: 'OpenID Connect Core 3.1.3.7 rule 13',
}
const oneKind = { rule: 'Take ID tokens alone for an ID token.', spec: 'RFC 8725 3.11, 3.12' }
const oneUser = {
  rule: 'Know a user by `iss` and `sub` together, and by nothing else.',
  spec: 'OpenID Connect Core 5.7',
}

/** Faults of ID tokens, in the order in which they act. */
export const idTokenFaults: Faults<IdTokenFaultName> = {
  'id-token-aud-two-azp-other': claimFault(
    {
      description: 'ID token for this client and another one, `azp` names the other one.',
      ...audience,
      cases: ['A-FAP-06', 'B-09'],
    },
    ({ claims }) => ({ aud: [...[claims.aud].flat(), 'another-client'], azp: 'another-client' }),
  ),
  'id-token-aud-untrusted': claimFault(
    {
      description: 'ID token for this client and another one, without `azp`.',
      ...audience,
      cases: ['A-FAP-06'],
    },
    ({ claims }) => ({ aud: [...[claims.aud].flat(), 'another-client'], azp: undefined }),
  ),
  'id-token-azp-wrong': claimFault(
    {
      description: 'ID token for this client alone, `azp` names another one.',
      ...audience,
      cases: ['B-09'],
    },
    () => ({ azp: 'another-client' }),
  ),
  'id-token-nonce-missing': claimFault(
    {
      description: 'ID token without `nonce` although one was sent.',
      ...nonce,
      cases: ['A-FAP-15', 'A-CMP-02'],
    },
    () => ({ nonce: undefined }),
  ),
  'id-token-nonce-wrong': claimFault(
    {
      description: 'ID token with another `nonce`.',
      ...nonce,
      cases: ['A-BAS-12', 'A-FAP-14', 'K-10.5.1', 'K-10.1.2'],
    },
    () => ({ nonce: 'another-nonce' }),
  ),
  'id-token-nonce-case': claimFault(
    {
      description: 'ID token whose `nonce` is in the other case.',
      ...nonce,
      cases: ['B-25', 'K-10.5.1'],
    },
    ({ claims }) => ({ nonce: otherCase(String(claims.nonce)) }),
  ),
  'id-token-nonce-space': claimFault(
    { description: 'ID token whose `nonce` ends with a space.', ...nonce, cases: ['B-25'] },
    ({ claims }) => ({ nonce: `${claims.nonce} ` }),
  ),
  'id-token-auth-time-future': claimFault(
    {
      description: 'ID token whose `auth_time` is two hours from now.',
      ...authTime,
      cases: ['B-23'],
    },
    ({ claims }) => ({ auth_time: Number(claims.iat) + 7200 }),
  ),
  'id-token-auth-time-text': claimFault(
    {
      description: 'ID token whose `auth_time` is text of digits.',
      ...authTime,
      cases: ['B-23'],
    },
    ({ claims }) => ({ auth_time: String(claims.iat) }),
  ),
  'id-token-auth-time-old': claimFault(
    {
      description: 'ID token whose `auth_time` is a day ago.',
      ...authTime,
      cases: [],
    },
    ({ claims }) => ({ auth_time: Number(claims.iat) - 86_400 }),
  ),
  'id-token-acr-low': claimFault(
    {
      description: 'ID token with `acr` 0, less than what was asked.',
      rule: 'Refuse an ID token whose `acr` is not one of those that were required.',
      spec: 'OpenID Connect Core 3.1.3.7 rule 12, 5.5.1.1',
      cases: ['B-32'],
    },
    () => ({ acr: '0' }),
  ),
  'id-token-sub-shared': {
    ...claimFault(
      {
        description: 'ID token with `sub` 1, which other issuers give out too.',
        ...oneUser,
        cases: ['B-30', 'K-10.5.2'],
      },
      () => ({ sub: '1' }),
    ),
    valid: true,
  },
  'id-token-email-shared': {
    ...claimFault(
      {
        description: "ID token with somebody else's e-mail address, `email_verified` as text.",
        ...oneUser,
        cases: ['L-39', 'K-10.5.2'],
      },
      () => ({ email: 'admin@another.example', email_verified: 'true' }),
    ),
    valid: true,
  },
  'id-token-is-access-token': {
    description: 'The access token stands where the ID token belongs.',
    ...oneKind,
    cases: ['B-38', 'K-9.2.2'],
    endpoints: ['token'],
    stage: 'id-token',
    act({ draft, accessToken }) {
      if (accessToken !== undefined) draft.finish.push(() => accessToken)
    },
  },
  'id-token-is-logout-token': {
    description: 'A logout token stands where the ID token belongs.',
    ...oneKind,
    cases: ['B-39', 'K-9.2.2'],
    endpoints: ['token'],
    stage: 'id-token',
    act({ draft, runtime }) {
      const { iss, aud, iat, exp, sub } = draft.claims
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
      const logout = draftToken(runtime.keys, { iss, aud, iat, exp, sub, events, jti: 'logout-1' })
      logout.header.typ = 'logout+jwt'
      draft.finish.push(() => signDraft(runtime.keys, logout))
    },
  },
  'id-token-replayed': {
    description: 'The newest ID token of an earlier login of the same user and client, once there is one.',
    rule: 'Refuse an ID token that does not belong to this login: its `nonce` is another one.',
    spec: 'OpenID Connect Core 3.1.3.7 rule 11, 15.5.2',
    cases: ['B-27', 'K-10.5.1', 'K-10.1.2'],
    endpoints: ['token'],
    stage: 'id-token',
    when: (target) => earlierToken(target) !== undefined,
    act(target) {
      const earlier = earlierToken(target)
      if (earlier !== undefined) target.draft.finish.push(() => earlier)
    },
  },
  'id-token': {
    description: 'ID token as you say: claims and header members, or the payload itself.',
    rule: 'Any of OpenID Connect Core 3.1.3.7.',
    spec: 'OpenID Connect Core 2, 3.1.3.7',
    cases: ['A-FAP-24', 'A-BAS-08'],
    endpoints: ['token'],
    options: draftOptions,
    stage: 'id-token',
    act: ({ draft }, options) => changeDraft(draft, options),
  },
}

function earlierToken({ runtime, draft }: TokenFaultTarget): string | undefined {
  const { sub, aud } = draft.claims
  const isOf = (subject: string, clientId: string): boolean => subject === sub && [aud].flat().includes(clientId)
  const { records, standard } = runtime
  const earlier = [
    ...[...records.idTokens].filter(([, { userId, app }]) => isOf(userId, app.clientId)),
    ...[...standard.records.idTokens].filter(([, { subject, clientId }]) => isOf(subject, clientId)),
  ]
  return earlier.at(-1)?.[0]
}

function otherCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}
