import { describe, expect, it } from 'vitest'
import { compilePattern, matchesPattern } from '../../src/flows/pattern.ts'

describe('patterns of flows (4.7)', () => {
  it.each([
    ['^a+b$', 'aab', 'ba'],
    ['b', 'abc', 'ac'],
    ['^\\d{5}$', '12345', '1234'],
    ['^[\\w.+-]+@[\\w-]+\\.example$', 'a.b+c@d.example', 'a@b.test'],
    ['^\\p{Lu}', 'Ärger', 'ärger'],
    ['^\\u00e9(?<rest>x|y)$', 'éx', 'éz'],
    ['^caf.$', 'café', 'cafés'],
  ])('%s matches %s and not %s, as in JavaScript', (pattern, good, bad) => {
    expect([new RegExp(pattern, 'u').test(good), new RegExp(pattern, 'u').test(bad)]).toEqual([true, false])
    expect([matchesPattern(pattern, good), matchesPattern(pattern, bad)]).toEqual([true, false])
  })

  it.each(['(a+)+[^a]$', 'a*a*a*a*a*a*[^a]$', '(a|aa)+[^a]$', '(.*)(.*)(.*)\\d$', '(a?){80}a{80}\\d'])(
    'answers for %s, which backtracking would not do in a lifetime',
    (pattern) => {
      expect(matchesPattern(pattern, 'a'.repeat(1000))).toBe(false)
      expect(matchesPattern(pattern, `${'a'.repeat(500)}1`)).toBe(true)
    },
  )

  it('looks at 1000 characters of text at most', () => {
    expect(matchesPattern('^a+$', 'a'.repeat(1000))).toBe(true)
    expect(matchesPattern('^a+$', 'a'.repeat(1001))).toBe(false)
  })

  it.each([
    ['x'.repeat(1001), /at most 1000 characters/],
    ['(a{30}){30}', /smaller counted repetitions/],
    ['(?=a)', /without look-around/],
    ['(a)\\1', /without look-around and back references/],
    ['(', /expected a regular expression/],
  ])('refuses %s', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message)
    expect(matchesPattern(pattern, 'a')).toBe(false)
  })

  it('takes a long pattern and a counted repetition within the limits', () => {
    expect(matchesPattern('x'.repeat(400), 'x'.repeat(400))).toBe(true)
    expect(matchesPattern('^a{1,200}$', 'a'.repeat(200))).toBe(true)
  })
})
