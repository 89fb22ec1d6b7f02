import { describe, expect, expectTypeOf, test } from 'vitest'
import { type ClaimsSchema, readUserKey, validateClaims } from '../src/claims-schema.ts'
import { birthday } from './support/birthday-schema.ts'

const issue = (message: string, path?: readonly (string | { key: string })[]): ClaimsSchema<never> => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: () => ({ issues: [{ message, ...(path && { path }) }] }),
  },
})

describe('validateClaims', () => {
  test('gives claims the type that the schema has checked (N-12; S-008, S-077)', () => {
    const claims = validateClaims({ sub: 'mira', dob: '1991-04-30' }, birthday)
    expect(claims).toEqual({ dob: '1991-04-30' })
    expectTypeOf(claims).toEqualTypeOf<{ dob: string }>()
    // @ts-expect-error: the schema knows no such claim.
    expect(claims.sub).toBeUndefined()
  })

  test('refuses claims of another form by a typed error, which names the claims and not their values (N-12)', () => {
    expect(() => validateClaims({ dob: 19910430 }, birthday)).toThrow(
      expect.objectContaining({ code: 'OIDC_CLAIMS_INVALID', name: 'ProtocolError', phase: 'id-token' }),
    )
    expect(() => validateClaims({ dob: 19910430 }, birthday)).toThrow(/wants: dob\. Was their scope requested/)
    expect(() => validateClaims({ dob: 19910430 }, birthday)).not.toThrow(/19910430/)
  })

  test.each([
    ['nested claims', issue('secret-value', ['address', { key: 'city' }]), 'wants: address.city.'],
    ['a problem of all claims', issue('secret-value'), 'wants: all of them.'],
  ])('names %s', (_, schema, message) => {
    expect(() => validateClaims({}, schema)).toThrow(message)
    expect(() => validateClaims({}, schema)).not.toThrow(/secret-value/)
  })

  test('takes claim names as they are, in their case (S-122)', () => {
    expect(() => validateClaims({ DOB: '1991-04-30' }, birthday)).toThrow(/wants: dob\./)
  })

  test.each([
    ['something else', {}, 'must be a Standard Schema'],
    ['nothing', undefined, 'must be a Standard Schema'],
    [
      'a schema that answers later',
      { '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: {} }) } },
      'must answer at once',
    ],
  ])('refuses %s as schema', (_, schema, message) => {
    const call = () => validateClaims({}, schema as ClaimsSchema<unknown>)
    expect(call).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    expect(call).toThrow(message)
  })
})

describe('readUserKey', () => {
  const issuer = 'https://login.example'

  test('names a user by issuer and subject together, whatever else changes (case K-10.5.2)', () => {
    const key = readUserKey({ iss: issuer, sub: 'mira' })
    const married = { iss: issuer, sub: 'mira', email: 'other@example.com', name: 'Mira Berg' }
    expect(readUserKey(married)).toBe(key)
    for (const other of [
      { iss: issuer, sub: 'noa' },
      { iss: 'https://other.example', sub: 'mira' },
      // Texts that are alike once they are joined.
      { iss: `${issuer}","mira`, sub: 'mira' },
      { iss: `${issuer}/`, sub: 'mira' },
      { iss: `${issuer}m`, sub: 'ira' },
    ]) {
      expect(readUserKey(other)).not.toBe(key)
    }
  })

  test.each([{}, { iss: issuer }, { sub: 'mira' }, { iss: '', sub: 'mira' }, { iss: issuer, sub: 7 }])(
    'names nobody by %j (case K-10.5.2)',
    (claims) => {
      expect(() => readUserKey(claims)).toThrow(expect.objectContaining({ code: 'OIDC_CLAIMS_INVALID' }))
    },
  )
})
