import { describe, expect, it } from 'vitest'
import { readTokenChallenge } from '../../src/protocol/challenge.ts'

const wanted = { error: 'insufficient_scope', scope: 'a b' }

describe('readTokenChallenge', () => {
  it.each([
    ['one challenge', 'Bearer error="insufficient_scope", scope="a b"'],
    ['names and schemes in any case', 'bearer ERROR="insufficient_scope", Scope="a b"'],
    ['plain values', 'DPoP error=insufficient_scope,scope="a b"'],
    ['spaces around the sign and empty members', ', Bearer error = "insufficient_scope" ,, scope="a b",'],
    ['quoted pairs', String.raw`Bearer error="insufficient\_scope", scope="a\ b"`],
    ['a challenge behind another', 'Basic realm="x, Bearer y", Bearer error="insufficient_scope", scope="a b"'],
    ['a challenge behind credentials', 'Negotiate YII/abc==, Bearer error="insufficient_scope", scope="a b"'],
    ['the first of two for tokens', 'DPoP error="insufficient_scope", scope="a b", Bearer error="invalid_token"'],
  ])('reads %s', (_, header) => {
    expect(readTokenChallenge(header)).toEqual(wanted)
  })

  it('finds no parameters in a challenge without any', () => {
    expect(readTokenChallenge('Bearer')).toEqual({})
  })

  it.each([
    ['nothing', ''],
    ['another scheme', 'Basic realm="x", charset="UTF-8"'],
    ['a challenge that stands in a value', 'Basic realm="Bearer error=\\"x\\", scope=\\"y\\""'],
    ['a value that is not closed', 'Basic realm="x, Bearer error="insufficient_scope'],
    ['a value without a name', 'Bearer "insufficient_scope"'],
    ['a parameter without a scheme', 'error="insufficient_scope"'],
    ['text behind a value', 'Bearer error="insufficient_scope"x'],
  ])('takes %s for no challenge', (_, header) => {
    expect(readTokenChallenge(header)).toBeUndefined()
  })

  it.each(['a'.repeat(100_000), ','.repeat(100_000), `Bearer a="${'\\"'.repeat(50_000)}`, 'a='.repeat(50_000)])(
    'is done with %.10s... at once',
    (header) => {
      const start = process.cpuUsage().user
      readTokenChallenge(header)
      expect(process.cpuUsage().user - start).toBeLessThan(500_000)
    },
  )
})
