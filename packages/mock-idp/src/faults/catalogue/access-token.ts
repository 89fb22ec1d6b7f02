/** Faults of access tokens beside those of any token (RFC 9068, RFC 6750). */
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import type { Faults, FaultText, PlainFault, TokenFaultTarget } from '../fault.ts'
import { changeDraft, draftOptions } from './draft-change.ts'

/** Names of the faults of access tokens beside those of any token. */
export type AccessTokenFaultName =
  | 'access-token-opaque'
  | 'access-token-aud-many'
  | 'access-token-client-id-missing'
  | 'access-token-jti-missing'
  | 'access-token-scope-array'
  | 'access-token-scope-scp'
  | 'access-token-scope-and-scp'
  | 'access-token-scope-missing'
  | 'access-token-roles-text'
  | 'access-token-roles-objects'
  | 'access-token-authorization-details-object'
  | 'access-token-authorization-details-texts'
  | 'access-token-auth-time-old'
  | 'access-token-acr-low'
  | 'access-token-sub-shared'
  | 'access-token-bound-to-dpop-key'
  | 'access-token-bound-to-certificate'
  | 'access-token-is-id-token'
  | 'access-token-is-logout-token'
  | 'access-token'

const needed = { spec: 'RFC 9068 2.2, 4', rule: 'Refuse an access token that lacks a needed claim.' }
const scopes = {
  spec: 'RFC 9068 2.2.3, RFC 8693 4.2',
  rule: 'Read scopes from the configured claim alone, and match them whole.',
}
const roles = { spec: 'RFC 9068 2.2.3.1', rule: 'Take arrays of texts alone for roles; never split or search text.' }
const details = {
  spec: 'RFC 9396 2, 9.1',
  rule: 'Take a list of objects alone for `authorization_details`.',
  cases: [],
}
const fresh = { spec: 'RFC 9470 3, 5', rule: 'Ask for a new login where the route needs one.' }
const bound = { spec: 'RFC 9449 6.1, RFC 8705 3', rule: 'Refuse a bound token without the proof of its key.' }
const oneKind = { spec: 'RFC 9068 4, RFC 8725 3.11, 3.12', rule: 'Take access tokens alone for an access token.' }

/** Faults of access tokens, in the order in which they act. */
export const accessTokenFaults: Faults<AccessTokenFaultName> = {
  'access-token-aud-many': claimFault(
    {
      description: 'Access token for three APIs, this one among them.',
      spec: 'RFC 7519 4.1.3',
      rule: 'Accept a token whose `aud` holds the own identifier among others.',
      valid: true,
      cases: ['F-14'],
    },
    ({ aud }) => ({ aud: ['another-api', ...[aud].flat(), 'third-api'] }),
  ),
  'access-token-client-id-missing': claimFault(
    { description: 'Access token without `azp` and `client_id`.', ...needed, cases: ['F-15'] },
    () => ({ azp: undefined, client_id: undefined }),
  ),
  'access-token-jti-missing': claimFault(
    { description: 'Access token without `jti`.', ...needed, cases: ['F-15'] },
    () => ({ jti: undefined }),
  ),
  'access-token-scope-array': claimFault(
    { description: 'Access token whose `scope` is an array.', ...scopes, cases: ['F-32', 'K-10.3.2'] },
    ({ scope }) => ({ scope: String(scope).split(' ') }),
  ),
  'access-token-scope-scp': claimFault(
    { description: 'Access token whose scopes stand in `scp`.', ...scopes, cases: ['F-32'] },
    ({ scope }) => ({ scope: undefined, scp: String(scope).split(' ') }),
  ),
  'access-token-scope-and-scp': claimFault(
    {
      description: 'Access token whose `scp` names one scope more than its `scope`.',
      spec: scopes.spec,
      rule: 'Refuse a token whose two claims for scopes differ.',
      cases: ['F-32'],
    },
    ({ scope }) => ({ scp: [...String(scope).split(' '), 'contacts.write'] }),
  ),
  'access-token-scope-missing': claimFault(
    { description: 'Access token without scopes.', ...scopes, cases: ['K-10.3.2'] },
    () => ({ scope: undefined }),
  ),
  'access-token-roles-text': claimFault(
    { description: 'Access token whose `roles`, `groups` and `entitlements` are text.', ...roles, cases: ['F-19'] },
    () => ({ roles: 'reader,admin', groups: 'administrators', entitlements: 'all' }),
  ),
  'access-token-roles-objects': claimFault(
    { description: 'Access token whose `roles` are objects.', ...roles, cases: ['F-19'] },
    () => ({ roles: [{ value: 'admin' }], groups: [{ value: 'administrators' }] }),
  ),
  'access-token-authorization-details-object': claimFault(
    { description: 'Access token whose `authorization_details` are one object instead of a list.', ...details },
    ({ authorization_details: given }) => ({
      authorization_details: Array.isArray(given) ? given[0] : { type: 'everything' },
    }),
  ),
  'access-token-authorization-details-texts': claimFault(
    { description: 'Access token with a text among its `authorization_details`.', ...details },
    ({ authorization_details: given }) => ({
      authorization_details: [...(Array.isArray(given) ? given : []), 'everything'],
    }),
  ),
  'access-token-auth-time-old': claimFault(
    { description: 'Access token whose `auth_time` is a day ago.', ...fresh, valid: true, cases: ['F-36', 'K-10.3.4'] },
    ({ iat }) => ({ auth_time: Number(iat) - 86_400 }),
  ),
  'access-token-acr-low': claimFault(
    { description: 'Access token with `acr` 0.', ...fresh, valid: true, cases: ['K-10.3.4'] },
    () => ({ acr: '0' }),
  ),
  'access-token-sub-shared': claimFault(
    {
      description: 'Access token with `sub` 1, which other issuers give out too.',
      spec: 'RFC 9068 2.2, OWASP ASVS 5.0 10.3.3',
      rule: 'Know a user by `iss` and `sub` together.',
      valid: true,
      cases: ['F-34', 'K-10.3.3'],
    },
    () => ({ sub: '1' }),
  ),
  'access-token-bound-to-dpop-key': claimFault(
    { description: 'Access token bound to a DPoP key that nobody has.', ...bound, cases: ['K-10.3.5', 'F-45'] },
    () => ({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }),
  ),
  'access-token-bound-to-certificate': claimFault(
    { description: 'Access token bound to a client certificate.', ...bound, cases: ['F-58', 'K-10.3.5'] },
    () => ({ cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } }),
  ),
  'access-token-is-id-token': replaced(
    { description: 'An ID token stands where the access token belongs.', ...oneKind, cases: ['F-11', 'K-9.2.2'] },
    (claims) => ({ aud: claims.azp ?? 'a-client', nonce: 'nonce-1' }),
  ),
  'access-token-is-logout-token': replaced(
    { description: 'A logout token stands where the access token belongs.', ...oneKind, cases: ['K-9.2.2'] },
    (claims) => ({
      aud: claims.aud,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      jti: 'logout-1',
    }),
    'logout+jwt',
  ),
  'access-token-opaque': {
    description: 'Access token that is a random text. Userinfo takes it.',
    spec: 'RFC 6749 1.4',
    rule: 'A client does not read access tokens; an API refuses what it cannot verify, or introspects it.',
    valid: true,
    cases: ['F-23'],
    endpoints: ['token'],
    stage: 'access-token',
    act: ({ draft, runtime }) => void draft.finish.push(() => runtime.random.text(32)),
  },
  'access-token': {
    description: 'Access token as you say: claims and header members, or the payload itself.',
    rule: 'Any of RFC 9068 4.',
    spec: 'RFC 9068 2, 4',
    cases: ['F-15', 'F-19'],
    endpoints: ['token'],
    options: draftOptions,
    stage: 'access-token',
    act: ({ draft }, options) => changeDraft(draft, options),
  },
}

type Claims = Readonly<Record<string, unknown>>

function claimFault(text: FaultText, change: (claims: Claims) => Claims): PlainFault {
  return {
    ...text,
    endpoints: ['token'],
    stage: 'access-token',
    act({ draft: { claims } }) {
      for (const [name, value] of Object.entries(change(claims))) {
        if (value === undefined) delete claims[name]
        else claims[name] = value
      }
    },
  }
}

/** Signs another kind of token with the same issuer, subject and times. */
function replaced(text: FaultText, change: (claims: Claims) => Claims, typ = 'JWT'): PlainFault {
  return {
    ...text,
    endpoints: ['token'],
    stage: 'access-token',
    act({ draft, runtime }: TokenFaultTarget) {
      const { iss, sub, iat, exp } = draft.claims
      const other = draftToken(runtime.keys, { iss, sub, iat, exp, ...change(draft.claims) })
      other.header.typ = typ
      draft.finish.push(() => signDraft(runtime.keys, other))
    },
  }
}
