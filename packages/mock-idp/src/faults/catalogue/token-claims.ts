/** Defects of the claims of any token (RFC 7519 section 4.1). */
import { attacker, setClaims, setPayload, type TokenRow } from './token-row.ts'

/** Names of the defects, after `id-token-` or `access-token-`. */
export type TokenClaimDefect =
  | 'iss-wrong'
  | 'iss-missing'
  | 'iss-array'
  | 'iss-suffix'
  | 'iss-prefix'
  | 'iss-case'
  | 'iss-port'
  | 'iss-slash'
  | 'aud-wrong'
  | 'aud-missing'
  | 'aud-empty'
  | 'aud-number'
  | 'aud-object'
  | 'aud-null'
  | 'aud-nested'
  | 'aud-suffix'
  | 'aud-array'
  | 'sub-missing'
  | 'sub-empty'
  | 'sub-number'
  | 'sub-too-long'
  | 'expired'
  | 'expired-recently'
  | 'exp-missing'
  | 'exp-text'
  | 'exp-infinite'
  | 'exp-milliseconds'
  | 'iat-missing'
  | 'iat-future'
  | 'iat-text'
  | 'nbf-future'
  | 'nbf-text'

const sameIssuer = 'Compare `iss` with the expected issuer character by character, and refuse any difference.'
const inAudience = 'Refuse a token whose `aud` does not hold exactly the own identifier.'
const inTime = 'Refuse a token outside of its time, and one whose times are not finite numbers.'
const oneSubject = 'Refuse a token whose `sub` is not text of 1 to 255 characters.'
const iss = { spec: 'RFC 7519 4.1.1, RFC 9068 4', idSpec: 'OpenID Connect Core 3.1.3.7 rule 2', rule: sameIssuer }
const aud = { spec: 'RFC 7519 4.1.3, RFC 9068 4', idSpec: 'OpenID Connect Core 3.1.3.7 rule 3', rule: inAudience }
const exp = { spec: 'RFC 7519 4.1.4, RFC 9068 4', idSpec: 'OpenID Connect Core 3.1.3.7 rule 9', rule: inTime }
const iat = { spec: 'RFC 7519 4.1.6', idSpec: 'OpenID Connect Core 3.1.3.7 rule 10', rule: inTime }
const nbf = { spec: 'RFC 7519 4.1.5', rule: inTime }
const sub = { spec: 'RFC 7519 4.1.2, RFC 9068 2.2', idSpec: 'OpenID Connect Core 2', rule: oneSubject }

const twoHours = 7200
const sixMinutes = 360

/** The defects, in the order in which they act. */
export const tokenClaimRows: Readonly<Record<TokenClaimDefect, TokenRow>> = {
  'iss-wrong': {
    how: 'of another issuer',
    ...iss,
    cases: { id: ['A-BAS-02', 'A-FAP-04', 'A-RFT-02'], access: ['E-40'], logout: ['A-BCL-08', 'K-10.5.5'] },
    act: setClaims(() => ({ iss: attacker })),
  },
  'iss-missing': {
    how: 'without `iss`',
    ...iss,
    cases: { id: ['A-FAP-12'], access: ['F-15'], logout: ['A-BCL-08'] },
    act: setClaims(() => ({ iss: undefined })),
  },
  'iss-array': {
    how: 'whose `iss` is an array that begins with the right issuer',
    ...iss,
    cases: { id: ['B-04'], access: ['B-04'], logout: ['A-BCL-08'] },
    act: setClaims(({ claims }) => ({ iss: [claims.iss, attacker] })),
  },
  'iss-suffix': {
    how: 'whose `iss` begins with the right issuer and goes on',
    ...iss,
    cases: { id: ['B-03', 'L-13'], access: ['B-03', 'L-13'] },
    act: setClaims(({ claims }) => ({ iss: `${claims.iss}.attacker.example` })),
  },
  'iss-prefix': {
    how: 'whose `iss` holds the right issuer in its middle',
    ...iss,
    cases: { id: ['B-03', 'L-13'], access: ['B-03', 'L-13'] },
    act: setClaims(({ claims }) => ({ iss: `${attacker}/?${claims.iss}` })),
  },
  'iss-case': {
    how: 'whose `iss` has scheme and host in capitals',
    ...iss,
    cases: { id: ['B-02'] },
    act: setClaims(({ claims }) => ({
      iss: String(claims.iss).replace(/^[^/]*\/\/[^/]*/, (text) => text.toUpperCase()),
    })),
  },
  'iss-port': {
    how: 'whose `iss` names another port than the issuer, or the default one in full',
    ...iss,
    cases: { id: ['B-02'] },
    act: setClaims(({ claims }) => ({ iss: withPort(String(claims.iss)) })),
  },
  'iss-slash': {
    how: 'whose `iss` has a slash more at its end',
    ...iss,
    cases: { id: ['B-03'], access: ['B-03'] },
    act: setClaims(({ claims }) => ({ iss: `${claims.iss}/` })),
  },
  'aud-wrong': {
    how: 'for another audience',
    ...aud,
    cases: {
      id: ['A-BAS-04', 'A-FAP-05', 'K-10.5.4', 'K-9.2.3'],
      access: ['F-13', 'K-9.2.3', 'K-10.3.1', 'L-15'],
      logout: ['A-BCL-06', 'K-10.5.5'],
    },
    act: ({ draft }, kind) => {
      draft.claims.aud = [kind === 'access' ? 'another-api' : 'another-client']
    },
  },
  'aud-missing': {
    how: 'without `aud`',
    ...aud,
    cases: { id: ['A-CMP-01', 'A-FAP-11'], access: ['F-13', 'F-15'], logout: [] },
    act: setClaims(() => ({ aud: undefined })),
  },
  'aud-empty': {
    how: 'whose `aud` is an empty array',
    ...aud,
    cases: { id: ['B-06'], access: ['B-06', 'F-13'] },
    act: setClaims(() => ({ aud: [] })),
  },
  'aud-number': {
    how: 'whose `aud` is a number',
    ...aud,
    cases: { id: ['B-07'], access: ['B-07'] },
    act: setClaims(() => ({ aud: 1 })),
  },
  'aud-object': {
    how: 'whose `aud` is an object with the right audience as a member',
    ...aud,
    cases: { id: ['B-07'], access: ['B-07'] },
    act: setClaims(({ claims }) => ({ aud: Object.fromEntries([claims.aud].flat().map((name) => [name, true])) })),
  },
  'aud-null': {
    how: 'whose `aud` is null',
    ...aud,
    cases: { id: ['B-07'], access: ['B-07'] },
    act: setClaims(() => ({ aud: null })),
  },
  'aud-nested': {
    how: 'whose `aud` is an array in an array',
    ...aud,
    cases: { id: ['B-07'], access: ['B-07'] },
    act: setClaims(({ claims }) => ({ aud: [[claims.aud].flat()] })),
  },
  'aud-suffix': {
    how: 'whose `aud` begins with the right audience and goes on',
    ...aud,
    cases: { id: ['B-08'], access: ['F-13'] },
    act: setClaims(({ claims }) => ({ aud: [claims.aud].flat().map((name) => `${name}-2`) })),
  },
  'aud-array': {
    how: 'whose `aud` is an array, also for one audience',
    ...aud,
    rule: 'Read `aud` as text and as an array.',
    valid: true,
    cases: { id: ['A-FAP-13'], access: ['F-14'] },
    act: setClaims(({ claims }) => ({ aud: [claims.aud].flat() })),
  },
  'sub-missing': {
    how: 'without `sub`',
    ...sub,
    cases: { id: ['A-BAS-03'], access: ['F-15'] },
    act: setClaims(() => ({ sub: undefined })),
  },
  'sub-empty': { how: 'whose `sub` is empty', ...sub, cases: { id: [] }, act: setClaims(() => ({ sub: '' })) },
  'sub-number': {
    how: 'whose `sub` is a number',
    ...sub,
    cases: { id: [] },
    act: setClaims(() => ({ sub: 12345 })),
  },
  'sub-too-long': {
    how: 'whose `sub` has 256 characters',
    ...sub,
    cases: { id: ['B-29'] },
    act: setClaims(() => ({ sub: 'U'.repeat(256) })),
  },
  expired: {
    how: 'that expired two hours ago although issued now',
    ...exp,
    cases: { id: ['K-9.2.1'], access: ['J-05', 'K-9.2.1'], logout: ['H-10', 'K-10.5.5'] },
    act: setClaims(({ claims }) => ({ exp: Number(claims.iat) - twoHours })),
  },
  'expired-recently': {
    how: 'that expired six minutes ago, more than any tolerance',
    ...exp,
    cases: { id: ['A-FAP-09', 'B-20'], access: ['B-20'] },
    act: setClaims(({ claims }) => ({ exp: Number(claims.iat) - sixMinutes })),
  },
  'exp-missing': {
    how: 'without `exp`',
    ...exp,
    cases: { id: ['A-FAP-10'], access: ['F-15'], logout: ['H-10'] },
    act: setClaims(() => ({ exp: undefined })),
  },
  'exp-text': {
    how: 'whose `exp` is text of digits',
    ...exp,
    cases: { id: ['B-13'], access: ['B-13'] },
    act: setClaims(({ claims }) => ({ exp: String(claims.exp) })),
  },
  'exp-infinite': {
    how: 'whose `exp` is written 1e400, which parsers turn into Infinity',
    ...exp,
    cases: { id: ['B-14'], access: ['B-14'], logout: ['H-10'] },
    act: setPayload((text) => text.replace(/"exp":\d+/, '"exp":1e400')),
  },
  'exp-milliseconds': {
    how: 'whose `exp` counts milliseconds, a year beyond 50000',
    ...exp,
    cases: { id: ['B-16'], access: ['B-16'] },
    act: setClaims(({ claims }) => ({ exp: Number(claims.exp) * 1000 })),
  },
  'iat-missing': {
    how: 'without `iat`',
    ...iat,
    idSpec: 'OpenID Connect Core 2',
    cases: { id: ['A-BAS-05'], access: ['F-15'], logout: ['H-10'] },
    act: setClaims(() => ({ iat: undefined })),
  },
  'iat-future': {
    how: 'that was issued two hours from now',
    ...iat,
    cases: { id: ['B-17', 'D-39'], logout: ['H-10'] },
    act: setClaims(({ claims }) => ({ iat: Number(claims.iat) + twoHours, exp: Number(claims.exp) + twoHours })),
  },
  'iat-text': {
    how: 'whose `iat` is text of digits',
    ...iat,
    cases: { id: ['B-17'] },
    act: setClaims(({ claims }) => ({ iat: String(claims.iat) })),
  },
  'nbf-future': {
    how: 'that is not good before two hours from now',
    ...nbf,
    cases: { id: ['B-19', 'K-9.2.1'], access: ['B-19', 'K-9.2.1'] },
    act: setClaims(({ claims }) => ({ nbf: Number(claims.iat) + twoHours })),
  },
  'nbf-text': {
    how: 'whose `nbf` is text of digits',
    ...nbf,
    cases: { id: ['B-19'], access: ['B-19'] },
    act: setClaims(({ claims }) => ({ nbf: String(claims.iat) })),
  },
}

function withPort(issuer: string): string {
  const { protocol, port } = URL.canParse(issuer) ? new URL(issuer) : { protocol: 'https:', port: '' }
  const other = port === '' ? (protocol === 'https:' ? '443' : '80') : String(Number(port) + 1)
  return issuer.replace(/^([^/]*\/\/[^/:]*(?:\[[^\]]*\])?)(:\d+)?/, `$1:${other}`)
}
