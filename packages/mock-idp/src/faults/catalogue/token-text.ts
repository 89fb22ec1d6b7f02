/** Defects of the text of any token: its payload bytes, its signature and its parts (RFC 7515, RFC 8725). */
import { attacker, setClaims, setPart, setPayload, setToken, signBy, type TokenRow } from './token-row.ts'

/** Names of the defects, after `id-token-` or `access-token-`. */
export type TokenTextDefect =
  | 'payload-array'
  | 'payload-text'
  | 'payload-null'
  | 'payload-invalid-utf8'
  | 'payload-bom'
  | 'payload-deep'
  | 'duplicate-member'
  | 'proto-member'
  | 'unknown-claims'
  | 'signature-foreign-key'
  | 'signature-flipped'
  | 'signature-empty'
  | 'signature-truncated'
  | 'signature-zero'
  | 'two-parts'
  | 'four-parts'
  | 'many-dots'
  | 'base64-padded'
  | 'base64-spaces'
  | 'base64-spare-bits'
  | 'base64-standard'
  | 'json-serialization'
  | 'alg-unprotected'
  | 'jwe-around-unsigned'
  | 'jwe-password-cost'
  | 'jwe-compressed'
  | 'huge'

const oneObject = 'Refuse a payload that is not one JSON object in valid UTF-8.'
const oneMeaning = 'Refuse names that occur twice, and never let a name reach a prototype.'
const signed = 'Refuse a token whose signature does not hold under a key of the issuer.'
const compact = 'Take the compact form alone: three parts of exact base64url.'
const bounded = 'Bound the size before anything is decoded.'
const encrypted = 'Do not take an encrypted token for a signed one, and do none of the work that its header asks for.'
const payload = { spec: 'RFC 7519 7.2, RFC 8725 3.7', rule: oneObject }
const signature = { spec: 'RFC 7515 5.2, RFC 8725 3.3', rule: signed }
const text = { spec: 'RFC 7515 3.1, RFC 7515 5.2', rule: compact }

/** The defects, in the order in which they act. */
export const tokenTextRows: Readonly<Record<TokenTextDefect, TokenRow>> = {
  'payload-array': {
    how: 'whose payload is an array with the claims in it',
    ...payload,
    cases: { id: ['B-41'], access: ['B-41', 'F-21'] },
    act: setPayload((json) => `[${json}]`),
  },
  'payload-text': {
    how: 'whose payload is a JSON text',
    ...payload,
    cases: { id: ['B-41'], access: ['B-41', 'F-21'] },
    act: setPayload((json) => JSON.stringify(json)),
  },
  'payload-null': {
    how: 'whose payload is null',
    ...payload,
    cases: { id: ['B-41'], access: ['B-41', 'F-21'] },
    act: setPayload(() => 'null'),
  },
  'payload-invalid-utf8': {
    how: 'with the bytes ff fe in a text of its payload',
    ...payload,
    cases: { id: ['B-42'], access: ['B-42'] },
    act: setPayload((json) => {
      const bytes = new TextEncoder().encode(json.replace(/^\{/, '{"note":"##",'))
      bytes.set([0xff, 0xfe], bytes.indexOf(0x23))
      return bytes
    }),
  },
  'payload-bom': {
    how: 'whose payload begins with a byte order mark',
    ...payload,
    cases: { id: ['B-42'], access: ['B-42'] },
    act: setPayload((json) => `\u{feff}${json}`),
  },
  'payload-deep': {
    how: 'with 2000 arrays in one another as a claim',
    ...payload,
    rule: 'Survive deep nesting: refuse the token or read it, but do not crash.',
    cases: { id: ['E-24'], access: ['E-24', 'L-21'] },
    act: setPayload((json) => json.replace(/^\{/, `{"deep":${'['.repeat(2000)}${']'.repeat(2000)},`)),
  },
  'duplicate-member': {
    how: 'whose payload has `sub` twice',
    rule: oneMeaning,
    spec: 'RFC 7519 4, RFC 8725 2.4',
    cases: { id: ['L-50'], access: ['L-50'] },
    act: setPayload((json) => json.replace(/^\{/, '{"sub":"U2mockSomebodyElse",')),
  },
  'proto-member': {
    how: 'with claims named `__proto__` and `constructor`',
    rule: oneMeaning,
    spec: 'RFC 8259 4, RFC 7519 4',
    cases: { id: ['L-50'], access: ['F-21', 'L-50'] },
    act: setPayload((json) =>
      json.replace(/^\{/, '{"__proto__":{"admin":true,"roles":["admin"]},"constructor":{"prototype":{"admin":true}},'),
    ),
  },
  'unknown-claims': {
    how: 'with claims that nobody knows',
    rule: 'Ignore claims that are not understood.',
    spec: 'RFC 7519 4, OpenID Connect Core 2',
    valid: true,
    cases: { access: ['F-21'] },
    act: setClaims(() => ({ 'urn:example:unknown': { a: [1, null, 'two'] }, another: 'value' })),
  },
  'signature-foreign-key': {
    how: 'signed by a key that is not in the JWKS, under the `kid` of one that is',
    ...signature,
    cases: { id: ['K-9.1.1', 'E-39'], access: ['K-9.1.1', 'E-39'], logout: ['K-9.1.1', 'H-23'] },
    act: signBy('foreign'),
  },
  'signature-flipped': {
    how: 'with the first character of its signature changed',
    ...signature,
    cases: { id: ['A-BAS-10', 'K-9.1.1'], access: ['K-9.1.1'] },
    act: setPart(2, (part) => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`),
  },
  'signature-empty': {
    how: 'with an empty third part',
    ...signature,
    cases: { id: ['K-9.1.1', 'E-25'], access: ['K-9.1.1', 'E-25'] },
    act: setPart(2, () => ''),
  },
  'signature-truncated': {
    how: 'with half of its signature',
    ...signature,
    cases: { id: ['K-9.1.1'], access: ['K-9.1.1'] },
    act: setPart(2, (part) => part.slice(0, Math.floor(part.length / 8) * 4)),
  },
  'signature-zero': {
    how: 'of `alg` ES256 whose signature is all zeros',
    ...signature,
    cases: { id: ['L-06', 'L-51'], access: ['L-06', 'L-51'] },
    act: ({ draft }) => {
      draft.signWith = 'zeros'
      draft.header.alg = 'ES256'
    },
  },
  'two-parts': {
    how: 'without its third part',
    ...text,
    cases: { id: ['E-25'], access: ['E-25'] },
    act: setToken((token) => token.slice(0, token.lastIndexOf('.'))),
  },
  'four-parts': {
    how: 'with a fourth part',
    ...text,
    cases: { id: ['E-25'], access: ['E-25'] },
    act: setToken((token) => `${token}.e30`),
  },
  'many-dots': {
    how: 'followed by 4000 dots',
    ...text,
    rule: bounded,
    cases: { id: ['E-25'], access: ['E-25', 'L-20'] },
    act: setToken((token) => token + '.'.repeat(4000)),
  },
  'base64-padded': {
    how: 'whose parts end with padding',
    ...text,
    cases: { id: ['E-22'], access: ['E-22'] },
    act: setPart(1, (part) => `${part}${'='.repeat(4 - (part.length % 4))}`),
  },
  'base64-spaces': {
    how: 'with a line break in its signature',
    ...text,
    cases: { id: ['E-22'], access: ['E-22'] },
    act: setPart(2, (part) => `${part.slice(0, 20)}\n${part.slice(20)}`),
  },
  'base64-spare-bits': {
    how: 'whose signature ends with spare bits that are not zero',
    ...text,
    cases: { id: ['E-22'], access: ['E-22'] },
    act: setPart(2, (part) => part.replace(/.$/, nextCharacter)),
  },
  'base64-standard': {
    how: 'in the alphabet of base64 with plus and slash',
    ...text,
    cases: { id: ['E-22'], access: ['E-22'] },
    act: setPart(2, (part) => part.replaceAll('-', '+').replaceAll('_', '/')),
  },
  'json-serialization': {
    how: 'in the flattened JSON serialization',
    ...text,
    cases: { id: ['E-21'], access: ['E-21'] },
    act: setToken((token) => {
      const [header, body, signed] = token.split('.')
      return JSON.stringify({ payload: body, protected: header, signature: signed })
    }),
  },
  'alg-unprotected': {
    how: 'in the JSON serialization, `alg` in the unprotected header',
    ...text,
    spec: 'RFC 7515 7.2.2, RFC 8725 3.1',
    cases: { id: ['L-23', 'E-21'], access: ['L-23', 'E-21'] },
    act: setToken((token) => {
      const [, body, signed] = token.split('.')
      return JSON.stringify({ payload: body, header: { alg: 'RS256' }, signature: signed })
    }),
  },
  'jwe-around-unsigned': {
    how: 'that is a JWE of five parts around an unsigned token',
    rule: encrypted,
    spec: 'RFC 7516 3.1, RFC 8725 3.3',
    cases: { id: ['E-27', 'L-17'], access: ['E-27', 'L-17'] },
    act: setToken(() => jwe({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })),
  },
  'jwe-password-cost': {
    how: 'that is a JWE asking for two billion rounds of PBES2',
    rule: encrypted,
    spec: 'RFC 7518 4.8.1.2, RFC 8725 3.3',
    cases: { id: ['E-26'], access: ['E-26'] },
    act: setToken(() => jwe({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_000_000_000, p2s: 'c2FsdHNhbHQ' })),
  },
  'jwe-compressed': {
    how: 'that is a JWE with `zip` DEF',
    rule: encrypted,
    spec: 'RFC 7516 4.1.3, RFC 8725 3.6',
    cases: { id: ['E-26', 'L-19'], access: ['E-26', 'L-19'] },
    act: setToken(() => jwe({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })),
  },
  huge: {
    how: 'with a claim of one mebibyte',
    rule: bounded,
    spec: 'RFC 8725 3.3',
    cases: { id: ['E-24'], access: ['E-24', 'F-08', 'L-21'], logout: [] },
    act: setClaims(() => ({ padding: 'x'.repeat(1_048_576) })),
  },
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function nextCharacter(character: string): string {
  return alphabet[(alphabet.indexOf(character) + 1) % alphabet.length] ?? 'B'
}

function jwe(header: Readonly<Record<string, unknown>>): string {
  const encoded = btoa(JSON.stringify({ ...header, iss: attacker })).replace(/=+$/, '')
  return `${encoded}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`
}
