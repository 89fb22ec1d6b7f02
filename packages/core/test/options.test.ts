import { describe, expect, it } from 'vitest'
import { checkOptions, isSecureUrl, issuerUrl, oneOf, secureUrl, texts } from '../src/options.ts'

const rules = {
  issuer: issuerUrl,
  redirectUri: secureUrl,
  clientId: 'string',
  clientSecret: 'string',
  timeoutMs: [1, 10],
  names: texts,
  mode: oneOf('a b'),
  clock: 'object',
  fetch: 'function',
  strict: 'boolean',
} as const
const check = (options: object) => checkOptions(options as never, rules as never, ['issuer'] as never)
const issuer = 'https://id.example'

describe('checkOptions', () => {
  it.each([
    {},
    { redirectUri: 'http://localhost:3000/cb' },
    { timeoutMs: 1 },
    { timeoutMs: 10 },
    { names: [] },
    { mode: 'b' },
    { clock: {}, fetch() {}, strict: false },
    { clientId: undefined },
  ])('accepts %j', (options) => {
    expect(() => check({ issuer, ...options })).not.toThrow()
  })

  it.each([
    [{ issuer: undefined }, '"issuer" must be an https URL'],
    [{ issuer: 'http://id.example' }, 'not "http://id.example"'],
    [{ issuer: 'https://id.example?x' }, 'without query and fragment'],
    [{ issuer: 'https://id.example#x' }, 'without query and fragment'],
    [{ redirectUri: '/callback' }, '"redirectUri" must be an https URL (http on loopback)'],
    [{ clientId: '' }, '"clientId" must be a string, not ""'],
    [{ clientSecret: '' }, '"clientSecret" must be a string, not ""'],
    [{ clientId: 7 }, '"clientId" must be a string, not number'],
    [{ timeoutMs: 0 }, '"timeoutMs" must be in 1 to 10, not 0'],
    [{ timeoutMs: 11 }, 'in 1 to 10'],
    [{ timeoutMs: '5' }, 'not "5"'],
    [{ timeoutMs: Number.NaN }, '"timeoutMs"'],
    [{ names: 'a' }, 'a list of texts'],
    [{ names: [''] }, 'a list of texts'],
    [{ mode: 'c' }, 'one of: a b'],
    [{ mode: ['a'] }, 'one of: a b'],
    [{ issuer: ['https://id.example'] }, '"issuer" must be an https URL'],
    [{ clock: null }, '"clock" must be a object'],
    [{ strict: 'yes' }, '"strict" must be a boolean'],
  ])('refuses %j and says what is allowed (S-083)', (options, message) => {
    expect(() => check({ issuer, ...options })).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    expect(() => check({ issuer, ...options })).toThrow(message)
  })

  it.each(['clientSecret', 'clock', 'fetch', 'strict'])('quotes no text that was given as %s by mistake', (name) => {
    const error = (() => {
      try {
        return check({ issuer, [name]: name === 'clientSecret' ? ['hunter2'] : 'redis://user:hunter2@db.example' })
      } catch (reason) {
        return reason as Error
      }
    })()
    expect(error?.message).toMatch(/, not (string|object)\.$/)
  })

  it.each([
    ['an object', { clientSecret: 'hunter2' }, '{}'],
    ['a list', [{ clientSecret: 'hunter2' }], '[{}]'],
    ['a function', () => 'hunter2', 'function'],
  ])('shows nothing that %s holds in place of something else', (_, names, shown) => {
    expect(() => check({ issuer, names })).toThrow(`"names" must be a list of texts, not ${shown}.`)
  })

  it('takes what refers to itself for what it is', () => {
    const names = {}
    Object.assign(names, { names })
    expect(() => check({ issuer, names })).toThrow('"names" must be a list of texts, not {}.')
  })

  it('names the options that exist when one does not', () => {
    expect(() => check({ issuer, clientID: 'x' })).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_UNKNOWN' }))
    expect(() => check({ issuer, clientID: 'x' })).toThrow('clientID')
    expect(() => check({ issuer, clientID: 'x' })).toThrow('clientId')
    expect(() => check({ issuer, constructor: 'x' })).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_UNKNOWN' }))
  })

  it('never shows a secret', () => {
    const error = (() => {
      try {
        check({ issuer, clientSecret: ['hush-hush'] })
      } catch (thrown) {
        return thrown as Error
      }
      return undefined
    })()
    expect(error?.message).toContain('clientSecret')
    expect(error?.message).not.toContain('hush')
  })
})

describe('isSecureUrl', () => {
  it.each([
    'https://a.example',
    'http://localhost',
    'http://localhost:1/x',
    'http://app.localhost',
    'http://127.0.0.1',
    'http://[::1]:3',
  ])('takes %s', (url) => {
    expect(isSecureUrl(url)).toBe(true)
  })

  it.each([
    'http://a.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://notlocalhost',
    'javascript:1',
    'ftp://a',
    '',
    'a',
    7,
    null,
    ['https://a.example'],
    new URL('https://a.example'),
  ])('refuses %s (RFC 8252 8.3)', (url) => {
    expect(isSecureUrl(url)).toBe(false)
  })
})
