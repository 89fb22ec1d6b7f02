import { expect, test } from 'vitest'
import { readBearerToken } from '../../src/api/index.ts'

test.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER   a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
])('takes the token from "%s" (RFC 6750 2.1, RFC 9110 11.1)', (header, token) => {
  expect(readBearerToken(header)).toBe(token)
})

test.each([undefined, null, '', 'Basic dXNlcjpwYXNz', 'DPoP abc', 'Bearerabc', 'Token abc', ' Bearer abc'])(
  'finds no token in "%s", which is no Bearer header',
  (header) => {
    expect(() => readBearerToken(header)).toThrow(expect.objectContaining({ code: 'OIDC_TOKEN_MISSING' }))
  },
)

test.each([
  'Bearer',
  'Bearer ',
  'Bearer a b',
  'Bearer a,b',
  'Bearer a=b',
  'Bearer "a"',
  'Bearer ä',
  'Bearer a\tb',
  'Bearer a, Bearer b',
])('refuses "%s", which is not one token (RFC 6750 3.1)', (header) => {
  expect(() => readBearerToken(header)).toThrow(expect.objectContaining({ code: 'OIDC_REQUEST_MALFORMED' }))
})

test('reads headers of any length in linear time', () => {
  const started = performance.now()
  for (const header of [`Bearer ${' '.repeat(1e6)}`, `Bearer ${'a'.repeat(1e6)}!`, `Bearer ${'='.repeat(1e6)}!`]) {
    expect(() => readBearerToken(header)).toThrow()
  }
  expect(performance.now() - started).toBeLessThan(1000)
})
