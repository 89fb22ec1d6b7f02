/** Faults of the key set (RFC 7517, OpenID Connect Core 10.1.1). */
import type { JWK } from 'jose'
import { whole } from '../../config/shape.ts'
import { json } from '../../http/answers.ts'
import { serviceProblem } from '../../http/problem.ts'
import { type AnswerDraft, changeJson, isGood, replaceBody } from '../answer-draft.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { headerValue } from '../wire-checks.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of the key set. */
export type KeyFaultName =
  | 'jwks-status-500'
  | 'jwks-key-missing'
  | 'jwks-empty'
  | 'jwks-error-object'
  | 'jwks-not-json'
  | 'jwks-redirect'
  | 'jwks-huge'
  | 'jwks-cache-control'
  | 'jwks-alg-missing'
  | 'jwks-alg-other'
  | 'jwks-use-encryption'
  | 'jwks-key-ops-encrypt'
  | 'jwks-kid-missing'
  | 'jwks-kid-duplicate'
  | 'jwks-second-key'
  | 'jwks-exponent-one'
  | 'jwks-modulus-short'
  | 'jwks-modulus-roca'
  | 'jwks-curve-other'
  | 'jwks-private-members'
  | 'jwks-symmetric-key'
  | 'jwks-mixed'
  | 'keys-rotated'

const good = 'Keep the last good set, answer with a retryable error, and ask again within bounds.'
const down = { spec: 'OpenID Connect Core 10.1.1', rule: good }
const one = { spec: 'RFC 7517 4, RFC 8725 3.1', rule: 'One key has one algorithm: refuse the key for any other.' }
const strong = { spec: 'RFC 7518 3.3, 3.4, RFC 8725 3.5', rule: 'Check type, curve, length and exponent of a key.' }
/** 2048 bits with the fingerprint of that library: a power of 65537 modulo each of the first 126 primes. */
const rocaModulus =
  'kAAAAAAABMsDte9fxBNwqkrmzFKLntMLJsOUQgTMNs-9e-GvR9vjGzRcdIvkLRjFFe2IYU4xO89lNhpjGePOxcqgSe8rY10MyG8c' +
  'vR6p0MN5N87O_6pCxxnGQURDeytZ4MP81USdnLQF-bRgdGD9KD2WYmwPrfePAiDSgt0aLv9fRAFhyHObpmKqhTlg3aauGZrnc_sJ' +
  'TApWBgBDyaZ4IrhTnBgGvpBEXxt92tV8gU27u3_MyfCVDzSFsbsZtvzEgK4_8uoqgkghMW0HpEv-_xxTP6cQvOqx5KYqwteJkF7o' +
  'WCAxDScrKT-ZHos3VQ4pps9Xp0Dg0mxy7YyFixCkow'
const skip = {
  spec: 'RFC 7517 5',
  rule: 'Leave keys aside that do not fit, and use the one that does.',
  valid: true,
} as const
const renewed = { spec: 'OpenID Connect Core 10.1.1', rule: 'Renew the key set when a `kid` is unknown.' }

/** Faults of the key set, in the order in which they act. */
export const keyFaults: Faults<KeyFaultName> = {
  'keys-rotated': {
    description: 'The signing key changes just before the next token answer; old keys stay published.',
    ...renewed,
    valid: true,
    cases: ['A-CNF-05', 'A-CNF-06', 'H-22'],
    endpoints: ['token'],
    stage: 'request',
    act: ({ runtime }) => void runtime.keys.rotate(),
  },
  'jwks-status-500': {
    description: 'The JWKS answers 500.',
    ...down,
    cases: ['E-31', 'F-40'],
    endpoints: ['jwks'],
    stage: 'request',
    act() {
      throw serviceProblem(500, 'E011001', 'fault: jwks-status-500')
    },
  },
  'jwks-redirect': {
    description: "The JWKS answers 302 to an attacker's host.",
    spec: 'RFC 9700 4.11, OpenID Connect Discovery 3',
    rule: 'Follow no redirect to a key set.',
    cases: ['E-37', 'K-9.1.3', 'J-33'],
    endpoints: ['jwks'],
    stage: 'request',
    act: () => new Response(null, { status: 302, headers: { Location: `${attacker}/jwks.json` } }),
  },
  'jwks-error-object': {
    description: 'The JWKS answers 200 with an error object.',
    ...down,
    cases: ['E-32'],
    endpoints: ['jwks'],
    stage: 'request',
    act: () => json({ error: 'temporarily_unavailable' }),
  },
  'jwks-key-missing': {
    description: 'The JWKS holds another key instead of the one that signs.',
    ...renewed,
    rule: 'Refuse a token whose key is not in the set, also one that was there before.',
    cases: ['E-30', 'E-29'],
    endpoints: ['jwks'],
    stage: 'answer',
    when: isGood,
    async act(answer) {
      const { keys } = answer.exchange.runtime
      const { publicJwk } = await keys.foreign()
      changeKeys(answer, (all) => [...all.filter(({ kid }) => kid !== keys.kid), publicJwk])
    },
  },
  'jwks-empty': jwksFault({ description: 'The JWKS has no key.', ...down, cases: ['E-32'] }, () => []),
  'jwks-not-json': {
    description: 'The JWKS answers 200 with an HTML page.',
    ...down,
    cases: ['E-32'],
    endpoints: ['jwks'],
    stage: 'answer',
    when: isGood,
    act: (answer) =>
      replaceBody(answer, '<!doctype html><title>fault: jwks-not-json</title>', 'text/html; charset=utf-8'),
  },
  'jwks-huge': {
    description: 'The JWKS has a hundred thousand keys.',
    spec: 'RFC 8725 3.3, OWASP ASVS 5.0 9.1',
    rule: 'Bound the size of an answer and the number of keys.',
    cases: ['E-36'],
    endpoints: ['jwks'],
    options: { keys: { check: whole(1, 1_000_000), text: 'Number of keys. Default 100000.' } },
    stage: 'answer',
    when: isGood,
    act: (answer, { keys = 100_000 }) =>
      changeKeys(answer, (all) => [
        ...Array.from({ length: keys }, (_, index) => ({ kty: 'RSA', kid: `filler-${index}`, n: 'AQAB', e: 'AQAB' })),
        ...all,
      ]),
  },
  'jwks-cache-control': {
    description: 'The JWKS says another `Cache-Control`.',
    spec: 'RFC 9111 5.2, OpenID Connect Core 10.1.1',
    rule: 'Hold the life of a cached set between own bounds, whatever the answer says.',
    valid: true,
    cases: ['E-42'],
    endpoints: ['jwks'],
    options: { value: { check: headerValue, text: 'Value of the header. Default `max-age=1`.' } },
    stage: 'answer',
    when: isGood,
    act: ({ headers }, { value = 'max-age=1' }) => headers.set('Cache-Control', value),
  },
  'jwks-alg-missing': jwksFault(
    {
      description: 'The keys of the JWKS have no `alg`.',
      spec: 'RFC 7517 4.4',
      rule: 'Take the algorithm from the own list and the type of the key.',
      valid: true,
      cases: ['E-04'],
    },
    (all) => all.map(({ alg: _, ...key }) => key),
  ),
  'jwks-alg-other': jwksFault(
    { description: 'The keys of the JWKS say `alg` PS256.', ...one, cases: ['E-05'] },
    (all) => all.map((key) => ({ ...key, alg: 'PS256' })),
  ),
  'jwks-use-encryption': jwksFault(
    { description: 'The keys of the JWKS say `use` enc.', ...one, spec: 'RFC 7517 4.2', cases: [] },
    (all) => all.map((key) => ({ ...key, use: 'enc' })),
  ),
  'jwks-key-ops-encrypt': jwksFault(
    { description: 'The keys of the JWKS say `key_ops` encrypt alone.', ...one, spec: 'RFC 7517 4.3', cases: [] },
    (all) => all.map(({ use: _, ...key }) => ({ ...key, key_ops: ['encrypt'] })),
  ),
  'jwks-kid-missing': jwksFault(
    {
      description: 'The keys of the JWKS have no `kid`.',
      spec: 'RFC 7517 4.5',
      rule: 'With one fitting key take it.',
      valid: true,
      cases: ['A-BAS-06'],
    },
    (all) => all.map(({ kid: _, ...key }) => key),
  ),
  'jwks-kid-duplicate': {
    ...foreignFault(
      {
        description: 'The JWKS has a foreign key first, under the `kid` of the one that signs.',
        spec: 'RFC 7517 4.5',
        rule: 'Two keys of one `kid`, type and algorithm are ambiguous: refuse, or try each within bounds.',
        cases: ['E-35'],
      },
      (all, foreign) => [{ ...foreign, kid: all[0]?.kid ?? '' }, ...all],
    ),
  },
  'jwks-second-key': foreignFault(
    {
      description: 'The JWKS has a second key of the same type and algorithm.',
      spec: 'OpenID Connect Core 10.1',
      rule: 'Choose by `kid`; a token without `kid` is then ambiguous.',
      valid: true,
      cases: ['A-BAS-07'],
    },
    (all, foreign) => [foreign, ...all],
  ),
  'jwks-exponent-one': jwksFault(
    { description: 'The RSA keys of the JWKS have the exponent 1.', ...strong, cases: ['E-09'] },
    (all) => all.map((key) => (key.kty === 'RSA' ? { ...key, e: 'AQ' } : key)),
  ),
  'jwks-modulus-short': jwksFault(
    { description: 'The RSA keys of the JWKS have 512 bits.', ...strong, cases: [] },
    (all) => all.map((key) => (key.kty === 'RSA' ? { ...key, n: (key.n ?? '').slice(0, 86) } : key)),
  ),
  'jwks-modulus-roca': jwksFault(
    {
      description: 'The RSA keys of the JWKS are of the library of CVE-2017-15361, whose factors can be found.',
      spec: 'RFC 8725 3.5',
      rule: 'Use no key that is known to be weak.',
      cases: [],
    },
    (all) => all.map((key) => (key.kty === 'RSA' ? { ...key, n: rocaModulus } : key)),
  ),
  'jwks-curve-other': jwksFault(
    {
      description: 'The JWKS has a P-384 key for ES256 instead of the one that signs.',
      ...strong,
      cases: ['E-06'],
    },
    (all) => [
      ...all.slice(1),
      {
        kty: 'EC',
        crv: 'P-384',
        alg: 'ES256',
        use: 'sig',
        kid: all[0]?.kid ?? '',
        x: 'qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3',
        y: 'NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f',
      },
    ],
  ),
  'jwks-private-members': jwksFault(
    {
      description: 'The keys of the JWKS carry a member `d`, as private keys do.',
      spec: 'RFC 7517 9.2, 9.3',
      rule: 'Use no key that was published with its private half.',
      cases: ['E-33'],
    },
    (all) => all.map((key) => ({ ...key, d: 'AQAB' })),
  ),
  'jwks-symmetric-key': jwksFault(
    {
      description: 'The JWKS has a symmetric key beside the good ones.',
      spec: 'RFC 7518 6.4, RFC 8725 3.1',
      rule: 'Never verify with a symmetric key of a key set.',
      valid: true,
      cases: ['E-33'],
    },
    (all) => [{ kty: 'oct', kid: 'shared', alg: 'HS256', k: 'c2VjcmV0LW9mLXRoZS1qd2tz' }, ...all],
  ),
  'jwks-mixed': jwksFault(
    {
      description: 'The JWKS has an unknown type, a broken key and a null beside the good ones.',
      ...skip,
      cases: ['E-33'],
    },
    (all) => [
      { kty: 'ZZ', kid: 'unknown' },
      { kty: 'RSA', kid: 'broken', alg: 'RS256', use: 'sig', n: '!!', e: 'AQAB' },
      { kty: 'EC', kid: 'half', crv: 'P-256' },
      null as unknown as JWK,
      ...all,
    ],
  ),
}

function jwksFault(about: FaultText, change: (keys: readonly JWK[]) => readonly JWK[]): PlainFault {
  return { ...about, endpoints: ['jwks'], stage: 'answer', when: isGood, act: (answer) => changeKeys(answer, change) }
}

function foreignFault(about: FaultText, change: (keys: readonly JWK[], foreign: JWK) => readonly JWK[]): PlainFault {
  return {
    ...about,
    endpoints: ['jwks'],
    stage: 'answer',
    when: isGood,
    async act(answer) {
      const { publicJwk } = await answer.exchange.runtime.keys.foreign()
      changeKeys(answer, (keys) => change(keys, publicJwk))
    },
  }
}

/** The keys stand in a set, and bare on the older path. */
function changeKeys(answer: AnswerDraft, change: (keys: readonly JWK[]) => readonly JWK[]): void {
  changeJson(answer, (document) => {
    if (Array.isArray(document)) return change(document)
    return { ...document, keys: change(document.keys as readonly JWK[]) }
  })
}
