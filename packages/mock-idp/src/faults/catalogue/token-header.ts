/** Defects of the header of any token, and of the algorithm and key behind its signature (RFC 7515 section 4). */
import { attacker, setHeader, signBy, type TokenRow } from './token-row.ts'

/** Names of the defects, after `id-token-` or `access-token-`. */
export type TokenHeaderDefect =
  | 'typ-wrong'
  | 'typ-media-type'
  | 'typ-case'
  | 'alg-none'
  | 'alg-none-mixed-case'
  | 'alg-none-signed'
  | 'alg-missing'
  | 'alg-empty'
  | 'alg-null'
  | 'alg-array'
  | 'alg-hs256'
  | 'alg-hs256-der'
  | 'alg-hs256-jwk'
  | 'alg-hs256-modulus'
  | 'alg-hs256-empty-secret'
  | 'alg-ps256'
  | 'alg-es256'
  | 'alg-es256-broken'
  | 'alg-eddsa'
  | 'kid-unknown'
  | 'kid-missing'
  | 'kid-number'
  | 'kid-path'
  | 'crit-unknown'
  | 'b64-false'
  | 'jwk-embedded'
  | 'jku-foreign'
  | 'x5u-foreign'
  | 'x5c-foreign'
  | 'header-deep'
  | 'header-huge'

const oneType = 'Take the types of this kind of token alone, whatever their case and with or without `application/`.'
const pinned = 'Take the expected algorithm alone, whatever the header says.'
const asymmetric = 'Never use a public key as the secret of an HMAC.'
const ownKeys = 'Use the keys of the issuer alone; never a key, an address or a certificate of the header.'
const fittingKey = 'Choose the key by `kid`; renew the key set within bounds when it is unknown, then refuse.'
const critical = 'Refuse a header whose `crit` names what is not understood.'
const typ = { spec: 'RFC 8725 3.11, RFC 9068 4', rule: oneType }
const alg = { spec: 'RFC 8725 3.1, RFC 7515 4.1.1', idSpec: 'OpenID Connect Core 3.1.3.7 rule 7', rule: pinned }
const hmac = { spec: 'RFC 8725 2.1, RFC 8725 3.1', rule: asymmetric }
const kid = { spec: 'RFC 7515 4.1.4', idSpec: 'OpenID Connect Core 10.1.1', rule: fittingKey }
const embedded = { spec: 'RFC 8725 3.10, RFC 7515 4.1.2 to 4.1.6', rule: ownKeys }

const none = { id: ['A-BAS-09', 'A-CNF-04', 'A-FAP-07', 'E-01', 'K-9.1.2'], access: ['E-01', 'K-9.1.2'] }
const spelling = { id: ['E-01', 'K-9.1.2'], access: ['E-01', 'K-9.1.2'] }
const confusion = { id: ['E-02'], access: ['E-02'] }
const other = { id: ['A-FAP-08', 'B-35', 'K-9.1.2'], access: ['A-FAP-08', 'K-9.1.2'] }

/** The defects, in the order in which they act. */
export const tokenHeaderRows: Readonly<Record<TokenHeaderDefect, TokenRow>> = {
  'typ-wrong': {
    how: 'whose `typ` belongs to another kind of token',
    ...typ,
    cases: { id: ['B-38', 'K-9.2.2'], access: ['K-9.2.2'], logout: ['H-15', 'K-9.2.2'] },
    act: ({ draft }, kind) => {
      draft.header.typ = kind === 'access' ? 'logout+jwt' : 'at+jwt'
    },
  },
  'typ-media-type': {
    how: 'whose `typ` begins with `application/`',
    ...typ,
    valid: true,
    cases: { id: ['B-40'], access: ['B-40'], logout: ['H-15'] },
    act: setHeader(({ header }) => ({ typ: `application/${header.typ}` })),
  },
  'typ-case': {
    how: 'whose `typ` is in the other case',
    ...typ,
    valid: true,
    cases: { id: ['B-40'], access: ['B-40'], logout: ['H-15'] },
    act: setHeader(({ header }) => ({ typ: otherCase(String(header.typ)) })),
  },
  'alg-none': {
    how: 'without a signature, `alg` none',
    ...alg,
    cases: { ...none, logout: ['A-BCL-02', 'K-10.5.5'] },
    act: signBy('nothing', 'none'),
  },
  'alg-none-mixed-case': {
    how: 'without a signature, `alg` nOnE',
    ...alg,
    cases: spelling,
    act: signBy('nothing', 'nOnE'),
  },
  'alg-none-signed': {
    how: 'with a good signature under `alg` none',
    ...alg,
    cases: spelling,
    act: signBy('current', 'none'),
  },
  'alg-missing': { how: 'without `alg`', ...alg, cases: spelling, act: setHeader(() => ({ alg: undefined })) },
  'alg-empty': { how: 'with an empty `alg`', ...alg, cases: spelling, act: setHeader(() => ({ alg: '' })) },
  'alg-null': { how: 'with `alg` null', ...alg, cases: spelling, act: setHeader(() => ({ alg: null })) },
  'alg-array': {
    how: 'whose `alg` is an array',
    ...alg,
    cases: spelling,
    act: setHeader(() => ({ alg: ['RS256', 'none'] })),
  },
  'alg-hs256': {
    how: 'with an HMAC keyed by the public key as PEM, `alg` HS256',
    ...hmac,
    cases: confusion,
    act: signBy('public-pem', 'HS256'),
  },
  'alg-hs256-der': {
    how: 'with an HMAC keyed by the public key as DER, `alg` HS256',
    ...hmac,
    cases: confusion,
    act: signBy('public-der', 'HS256'),
  },
  'alg-hs256-jwk': {
    how: 'with an HMAC keyed by the JSON of the public key, `alg` HS256',
    ...hmac,
    cases: confusion,
    act: signBy('public-jwk', 'HS256'),
  },
  'alg-hs256-modulus': {
    how: 'with an HMAC keyed by the modulus of the public key, `alg` HS256',
    ...hmac,
    cases: confusion,
    act: signBy('public-modulus', 'HS256'),
  },
  'alg-hs256-empty-secret': {
    how: 'with an HMAC under a secret that nobody has, `alg` HS256',
    ...hmac,
    cases: { id: ['A-CMP-07'], access: ['L-22'] },
    act: signBy('no-secret', 'HS256'),
  },
  'alg-ps256': {
    how: 'well signed with PS256 by a key that the JWKS holds from then on',
    ...alg,
    cases: { ...other, logout: ['A-BCL-05', 'H-21'] },
    act: signByOther('PS256'),
  },
  'alg-es256': {
    how: 'well signed with ES256 by a key that the JWKS holds from then on',
    ...alg,
    cases: { ...other, logout: ['A-BCL-05', 'H-21'] },
    act: signByOther('ES256'),
  },
  'alg-es256-broken': {
    how: 'of `alg` ES256 under a key of the JWKS, with a signature of something else',
    ...alg,
    cases: { id: ['A-CMP-08', 'K-9.1.1'], access: ['K-9.1.1', 'L-51'] },
    async act(target, kind) {
      await signByOther('ES256')(target, kind)
      target.draft.finish.push((token) => `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(85)}Q`)
    },
  },
  'alg-eddsa': {
    how: 'well signed with Ed25519 by a key that the JWKS holds from then on',
    ...alg,
    cases: other,
    act: signByOther('EdDSA'),
  },
  'kid-unknown': {
    how: 'with a `kid` that the JWKS does not have',
    ...kid,
    cases: { id: ['E-29'], access: ['E-29'], logout: ['H-22', 'H-23'] },
    act: setHeader(() => ({ kid: 'mock-unknown-key' })),
  },
  'kid-missing': {
    how: 'without `kid`, which is right where the JWKS has one fitting key',
    ...kid,
    rule: 'With one fitting key take it; with several refuse or try each, within bounds.',
    valid: true,
    cases: { id: ['A-BAS-06', 'A-BAS-07'] },
    act: setHeader(() => ({ kid: undefined })),
  },
  'kid-number': {
    how: 'whose `kid` is a number',
    ...kid,
    rule: 'Refuse a `kid` that is not text.',
    cases: { id: [], access: [] },
    act: setHeader(() => ({ kid: 1 })),
  },
  'kid-path': {
    how: 'whose `kid` is a path into the file system and a piece of SQL',
    ...kid,
    rule: 'Compare `kid` with the names of the key set and use it for nothing else.',
    cases: { id: ['E-29'], access: ['L-22'] },
    act: setHeader(() => ({ kid: "../../../../dev/null' UNION SELECT 'key" })),
  },
  'crit-unknown': {
    how: 'whose `crit` names an extension that nobody knows',
    spec: 'RFC 7515 4.1.11, RFC 8725 3.1',
    rule: critical,
    cases: { id: ['E-14', 'L-09'], access: ['E-14', 'L-09'] },
    act: setHeader(() => ({ crit: ['urn:example:critical'], 'urn:example:critical': true })),
  },
  'b64-false': {
    how: 'with `b64` false in `crit`',
    spec: 'RFC 7797 6, RFC 7797 7',
    rule: critical,
    cases: { id: ['E-16'], access: ['E-16'] },
    act: setHeader(() => ({ crit: ['b64'], b64: false })),
  },
  'jwk-embedded': {
    how: 'signed by a foreign key that its header carries in `jwk`',
    ...embedded,
    cases: { id: ['E-17', 'K-9.1.3', 'L-04'], access: ['E-17', 'K-9.1.3', 'L-04'] },
    act: async ({ draft, runtime }) => {
      draft.signWith = 'foreign'
      const { kid: _, ...jwk } = (await runtime.keys.foreign(draft.alg)).publicJwk
      Object.assign(draft.header, { jwk })
    },
  },
  'jku-foreign': {
    how: "signed by a foreign key, `jku` points to an attacker's key set",
    ...embedded,
    cases: { id: ['K-9.1.3'], access: ['K-9.1.3', 'E-40'] },
    act: ({ draft }) => {
      draft.signWith = 'foreign'
      Object.assign(draft.header, { jku: `${attacker}/jwks.json`, kid: 'mock-foreign-key' })
    },
  },
  'x5u-foreign': {
    how: "signed by a foreign key, `x5u` points to an attacker's certificate",
    ...embedded,
    cases: { id: ['K-9.1.3'], access: ['K-9.1.3'] },
    act: ({ draft }) => {
      draft.signWith = 'foreign'
      Object.assign(draft.header, { x5u: `${attacker}/chain.pem`, kid: 'mock-foreign-key' })
    },
  },
  'x5c-foreign': {
    how: 'signed by a foreign key, with a certificate chain in `x5c`',
    ...embedded,
    cases: { id: ['K-9.1.3'], access: ['K-9.1.3'] },
    act: ({ draft }) => {
      draft.signWith = 'foreign'
      Object.assign(draft.header, {
        x5c: ['MIIBszCCARygAwIBAgIBATANBgkqhkiG9w0BAQsFADAAMB4='],
        kid: 'mock-foreign-key',
      })
    },
  },
  'header-deep': {
    how: 'with 1500 arrays in one another in its header',
    rule: 'Survive deep nesting: refuse the token or read it, but do not crash.',
    spec: 'RFC 7515 4, RFC 8259 9',
    cases: { id: ['E-24'], access: ['E-24', 'L-21'] },
    act: setHeader(() => ({ deep: JSON.parse(`${'['.repeat(1500)}${']'.repeat(1500)}`) })),
  },
  'header-huge': {
    how: 'with a header of one mebibyte',
    rule: 'Bound the size before anything is decoded.',
    spec: 'RFC 8725 3.3',
    cases: { id: ['E-24'], access: ['E-24', 'L-21', 'F-08'] },
    act: setHeader(() => ({ padding: 'x'.repeat(1_048_576) })),
  },
}

function otherCase(text: string): string {
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()
}

/** Signs with a key of another algorithm, which the JWKS then holds. */
function signByOther(alg: 'PS256' | 'ES256' | 'EdDSA'): TokenRow['act'] {
  return async ({ draft, runtime }) => {
    const { kid } = await runtime.keys.other(alg)
    draft.signWith = alg
    Object.assign(draft.header, { alg, kid })
  }
}
