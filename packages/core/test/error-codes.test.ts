import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../src/error-codes.ts'
import * as errors from '../src/errors.ts'

const codes = Object.keys(errorCodes)

function read(folder: string, except: string): string {
  const path = fileURLToPath(new URL(folder, import.meta.url))
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith(except) && !file.includes('node_modules'))
    .map((file) => readFileSync(`${path}/${file}`, 'utf8'))
    .join('\n')
}

const source = read('../src', 'error-codes.ts').toUpperCase()
// What takes pages of several origins is raised by whole apps.
const tests = read('.', 'error-codes.test.ts') + read('../../../test/e2e', '.md')

describe('the error table', () => {
  // Two families are put together from a prefix and the rule, so their suffix is what the source shows.
  const shown = (code: string) => code.replace(/^OIDC_ID_TOKEN_/, '').replace(/^OIDC_(\w+)_REQUIRED$/, '$1')

  it.each(codes)('has no row that nothing throws: %s', (code) => {
    expect(source).toContain(shown(code))
  })

  it.each(codes)('has no row that no test raises: %s', (code) => {
    expect(tests).toContain(code)
  })

  it('names classes that exist', () => {
    for (const { type } of Object.values(errorCodes)) expect(errors).toHaveProperty(type)
  })
})

it('no error speaks of paid tiers (S-054)', () => {
  const texts = [...read('../src', '.test.ts').matchAll(/(?<=summary: |Error\([^)]{0,200})(['`])(.*?)\1/gs)].map(
    ([text]) => text,
  )
  expect(texts.length).toBeGreaterThan(100)
  for (const text of texts) expect(text).not.toMatch(/\b(tiers?|paid|upgrade|subscription|enterprise)\b/i)
})

describe('isOidcError', () => {
  const error = new errors.ProtocolError('OIDC_STATE_MISMATCH', 'Expected another state.', 'authorization')

  it('recognises errors of Countersign, and their code', () => {
    expect(errors.isOidcError(error)).toBe(true)
    expect(errors.isOidcError(error, 'OIDC_STATE_MISMATCH')).toBe(true)
    expect(errors.isOidcError(error, 'OIDC_STATE_MISSING')).toBe(false)
  })

  it('recognises errors of another copy of the package', async () => {
    // A query makes it another module.
    const file = '../src/errors.ts?copy'
    const copy: typeof errors = await import(/* @vite-ignore */ file)
    expect(copy.ProtocolError).not.toBe(errors.ProtocolError)
    expect(copy.isOidcError(error, 'OIDC_STATE_MISMATCH')).toBe(true)
  })

  it('refuses everything else', () => {
    for (const value of [new Error('x'), { code: 'OIDC_STATE_MISMATCH' }, null, undefined, 'OIDC_STATE_MISMATCH']) {
      expect(errors.isOidcError(value)).toBe(false)
    }
  })
})

describe('texts of the provider', () => {
  it('lose control characters and end after 500 characters (case C-33)', () => {
    const error = new errors.AuthorizationError(
      'access_denied',
      `line\r\n\u001b[31mred\u0000\u009b\u202e\u2028\u2029${'x'.repeat(1000)}`,
    )
    for (const text of [error.errorDescription ?? '', error.message]) {
      expect(text).not.toMatch(/[\p{C}\u2028\u2029]/u)
      expect(text.length).toBeLessThanOrEqual(500)
    }
  })

  it('show in JSON and inspect as plain fields', () => {
    const error = new errors.TokenEndpointError(
      'OIDC_TOKEN_ENDPOINT_ERROR',
      'invalid_grant',
      400,
      'token',
      'used before',
    )
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: error.code, error: 'invalid_grant', status: 400 })
    expect(inspect(error)).toContain('invalid_grant')
  })
})
