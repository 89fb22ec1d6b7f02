import { describe, expect, test } from 'vitest'
import { compareScopes } from '../src/claims-schema.ts'

describe('compareScopes', () => {
  test('says what was refused and what came unasked, whatever the order (N-29; S-197, S-437)', () => {
    expect(compareScopes('openid contacts.write birthday', ['contacts.read', 'openid', 'contacts.write'])).toEqual({
      granted: ['contacts.read', 'openid', 'contacts.write'],
      missing: ['birthday'],
      extra: ['contacts.read'],
    })
    expect(compareScopes('a b', new Set(['b', 'a']))).toEqual({ granted: ['b', 'a'], missing: [], extra: [] })
  })

  test('compares names whole and by case', () => {
    expect(compareScopes(['contacts'], 'contacts.read Contacts').missing).toEqual(['contacts'])
  })

  test('takes no scopes for none', () => {
    expect(compareScopes('', [])).toEqual({ granted: [], missing: [], extra: [] })
  })
})
