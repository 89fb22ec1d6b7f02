/** docs/security.md says in which order an API checks a token. Here everything is wrong at once, and mended from the top. */
import { readFileSync } from 'node:fs'
import { demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { createRequestGuard, describeDenial } from '../src/api/index.ts'
import { allOf, claim, not, role, scope } from '../src/index.ts'
import { decodePart, forge, setUpApi } from './api/api-fixture.ts'

const page = readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')

/** What may be wrong with a request; undefined members are right. */
interface Request {
  scheme?: string
  suffix?: string
  header: Record<string, unknown>
  claims: Record<string, unknown>
  repeatedMember?: boolean
  brokenSignature?: boolean
  keysDown?: boolean
  revoked?: boolean
}

/** The first way to break each row of the table, in its order. */
const breaks: readonly (readonly [code: string, how: (request: Request) => void])[] = [
  ['OIDC_TOKEN_MISSING', (request) => Object.assign(request, { scheme: 'Basic' })],
  ['OIDC_REQUEST_MALFORMED', (request) => Object.assign(request, { suffix: ' another' })],
  ['OIDC_TOKEN_MALFORMED', (request) => Object.assign(request, { repeatedMember: true })],
  ['OIDC_TOKEN_ALG_REFUSED', ({ header }) => Object.assign(header, { alg: 'PS512' })],
  ['OIDC_TOKEN_TYP_REFUSED', ({ header }) => Object.assign(header, { typ: 'logout+jwt' })],
  ['OIDC_TOKEN_ISS_REFUSED', ({ claims }) => Object.assign(claims, { iss: 'https://other.example' })],
  ['OIDC_TOKEN_AUD_REFUSED', ({ claims }) => Object.assign(claims, { aud: 'other' })],
  ['OIDC_TOKEN_EXPIRED', ({ claims }) => Object.assign(claims, { exp: 1 })],
  ['OIDC_TOKEN_NOT_YET_VALID', ({ claims }) => Object.assign(claims, { nbf: 9e9 })],
  ['OIDC_TOKEN_CLAIM_INVALID', ({ claims }) => Object.assign(claims, { sub: '' })],
  ['OIDC_TOKEN_TYP_REFUSED', ({ claims }) => Object.assign(claims, { nonce: 'n' })],
  ['OIDC_TOKEN_CLAIM_INVALID', ({ claims }) => Object.assign(claims, { forbidden: true })],
  ['OIDC_KEYS_UNAVAILABLE', (request) => Object.assign(request, { keysDown: true })],
  ['OIDC_TOKEN_KEY_NOT_FOUND', ({ header }) => Object.assign(header, { kid: 'other' })],
  ['OIDC_TOKEN_SIGNATURE_INVALID', (request) => Object.assign(request, { brokenSignature: true })],
  ['OIDC_TOKEN_REVOKED', (request) => Object.assign(request, { revoked: true })],
  ['OIDC_TOKEN_BOUND', ({ claims }) => Object.assign(claims, { cnf: { jkt: 'a' } })],
  ['OIDC_TOKEN_CLAIM_INVALID', ({ claims }) => Object.assign(claims, { plan: 7 })],
  ['OIDC_ACCESS_DENIED', ({ claims }) => Object.assign(claims, { roles: [] })],
  ['OIDC_STEP_UP_REQUIRED', ({ claims }) => Object.assign(claims, { auth_time: 1 })],
  ['OIDC_INSUFFICIENT_SCOPE', ({ claims }) => Object.assign(claims, { scope: 'openid' })],
]

/** A schema that wants a plan to be a text. */
const claimsSchema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof (value as { plan?: unknown }).plan === 'number' ? { issues: [{ message: 'no text' }] } : { value: {} },
  },
} as const

/** The code that a request gets which is broken in all ways from one on; undefined when it passes. */
async function codeOf(first: number): Promise<string | undefined> {
  const wrong: Request = { header: {}, claims: {} }
  for (const [, how] of breaks.slice(first)) how(wrong)
  const { idp, verifier, order } = setUpApi(
    { tokenRule: not(claim('forbidden')), isRevoked: () => wrong.revoked === true },
    { intercept: () => (wrong.keysDown ? new Response(null, { status: 500 }) : undefined) },
  )
  const { header, claims } = wrong
  const right = { roles: ['Editor'], auth_time: Math.floor(idp.clock.now() / 1000) }
  let token = await order({ client: demoProject.agent.clientId, header, claims: { ...right, ...claims } })
  if (wrong.repeatedMember) token = forge(token, { header: decodePart(token, 0).replace('{', '{"alg":"x",') })
  if (wrong.brokenSignature) token = token.replace(/.{8}$/, 'AAAAAAAA')
  const codes: string[] = []
  const guard = createRequestGuard({ verifier, claimsSchema, onDenied: (e) => codes.push(describeDenial(e).code) })
  const authorization = `${wrong.scheme ?? 'Bearer'} ${token}${wrong.suffix ?? ''}`
  const request = new globalThis.Request('https://api.example/contacts', { headers: { authorization } })
  const rule = allOf(scope('contacts.read'), role('Editor'))
  const { auth } = await guard.check(request, rule, { authentication: { maxAgeSeconds: 300 } })
  return auth ? undefined : codes[0]
}

describe('docs/security.md', () => {
  const section = page.slice(page.indexOf('## An access token at an API'), page.indexOf('Claims are judged before'))
  const stated = [...section.matchAll(/^\|.*\| `(OIDC_\w+)` \|$/gm)].map(([, code]) => code)

  test('names the rules for an access token in the order in which they are checked', async () => {
    expect(stated).toEqual(breaks.map(([code]) => code))
    for (const [index, code] of stated.entries()) expect([index, await codeOf(index)]).toEqual([index, code])
    expect(await codeOf(breaks.length)).toBeUndefined()
  })
})
