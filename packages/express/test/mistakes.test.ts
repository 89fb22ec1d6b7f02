/** What a developer without types reads after an ordinary mistake: what happened, what was expected, what to do. */
import { allOf, ConfigurationError, claim, role, scope } from '@countersign/core'
import { createAccessTokenVerifier, createRequestGuard } from '@countersign/core/api'
import type { ErrorRequestHandler, Express, RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import * as adapter from '../src/index.ts'
import { startApi } from './support/running-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript has no types.
type Untyped = any

const { createAccessGuard, requireAuth, accessRulesOf, serveMetadata } = adapter as Untyped
const options = { issuer: 'https://idp.example', audience: 'api' }
const verifier = createAccessTokenVerifier(options)
const guard: Untyped = createAccessGuard(options)
const core: Untyped = createRequestGuard(options)
const open: RequestHandler = (_req, res) => void res.send('open')
const aRule = "Expected an access rule, such as scope('a') or allOf(...), or a function that makes one, not"
const someOptions = 'Expected options such as { optional: true }, not'

describe('at the start', () => {
  test.each<[string, () => unknown, string]>([
    ['no options', () => createAccessGuard(), 'Expected options: { issuer, audience } or { verifier }.'],
    ['a verifier alone', () => createAccessGuard(verifier), 'Expected options: { issuer, audience } or { verifier }.'],
    ['the issuer alone', () => createAccessGuard('https://idp.example'), 'Expected options: { issuer, audience } or'],
    [
      'a verifier that was lost',
      () => createAccessGuard({ verifier: undefined }),
      '"verifier" must be the result of createAccessTokenVerifier, not undefined.',
    ],
    [
      'the options of a verifier in its place',
      () => createAccessGuard({ verifier: { ...options, clientSecret: 'hunter2' } }),
      '"verifier" must be the result of createAccessTokenVerifier, not {}.',
    ],
    [
      'what makes a verifier in its place',
      () => createAccessGuard({ verifier: createAccessTokenVerifier }),
      '"verifier" must be the result of createAccessTokenVerifier, not function.',
    ],
    [
      'a guard in place of a verifier',
      () => createAccessGuard({ verifier: core }),
      '"verifier" must be the result of createAccessTokenVerifier, not {}.',
    ],
    ['a name as rule', () => guard.requireAccess('contacts.read'), `${aRule} string.`],
    ['no rule', () => guard.requireAccess(), `${aRule} undefined.`],
    ['rules in a list', () => guard.requireAccess([scope('a'), scope('b')]), `${aRule} object.`],
    ['the promise of a rule', () => guard.requireAccess(Promise.resolve(scope('a'))), `${aRule} object.`],
    ['names in allOf', () => guard.requireAccess((allOf as Untyped)('a')), 'found a text without scope().'],
    [
      'a rule as name',
      () => guard.requireScopes(scope('a')),
      'The scope of an access rule must be a text, not object.',
    ],
    ['no name', () => guard.requireScopes(), 'The scope of an access rule must be a text, not undefined.'],
    ['a list without names', () => guard.requireScopes([]), 'Expected at least one name.'],
    [
      'two scopes side by side',
      () => guard.requireScopes('a', 'b'),
      `${someOptions} string: several names go in a list.`,
    ],
    [
      'two roles side by side',
      () => guard.requireRoles('a', 'b'),
      `${someOptions} string: several names go in a list.`,
    ],
    ['a handler behind the rule', () => guard.requireAccess(scope('a'), open), `${someOptions} function`],
    ['true for an option', () => guard.authenticate(true), `${someOptions} boolean`],
    ['options that were lost', () => guard.requireAccess(scope('a'), null), `${someOptions} object`],
    [
      'a rule for any token',
      () => guard.authenticate(role('Editor')),
      'There is no option "type", only authentication, optional, parameters.',
    ],
    [
      'a tenant that was lost',
      () => guard.requireTenant(),
      'The tenant of an access rule must be a text, not undefined.',
    ],
    [
      'a demand that was lost',
      () => guard.requireAuthentication(),
      'Give at least one of acrValues, maxAgeSeconds, methods.',
    ],
    ['no router', () => accessRulesOf({}), 'accessRulesOf takes a router or an app of Express, not object.'],
    ['an app that was lost', () => accessRulesOf(null), 'accessRulesOf takes a router or an app of Express, not null.'],
    ['no metadata', () => serveMetadata(), 'serveMetadata takes the result of createProtectedResource'],
    ['no handler', () => core.protect(claim('a')), 'protect() takes the handler first, not object.'],
  ])('%s is refused with words that say what to do', (_, start, message) => {
    expect(start).toThrow(
      expect.objectContaining({ name: 'ConfigurationError', code: expect.stringMatching(/^OIDC_/) }),
    )
    expect(start).toThrow(message)
  })
})

describe('with the first request', () => {
  /** What the error handler of the app gets, with the answer that nobody may get. */
  async function errorOf(mount: (app: Express) => void): Promise<unknown> {
    let found: unknown
    const api = await startApi((app) => {
      mount(app)
      app.get('/', open)
      const keep: ErrorRequestHandler = (error, _req, res, _next) => {
        found = error
        res.status(500).end()
      }
      app.use(keep)
    })
    expect((await api.call('/')).status).toBe(500)
    return found
  }

  test.each([
    'authenticate',
    'requireAccess',
    'requireScopes',
    'requireRoles',
    'requirePermissions',
    'requireTenant',
    'requireAuthentication',
    'requireAuth',
    'errorHandler',
  ])('guard.%s that was not called opens nothing, and says so', async (name) => {
    const error = await errorOf((app) => app.use(guard[name]))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error).toMatchObject({
      message: `guard.${name} is no middleware of Express, but to be called: guard.${name}(...).`,
    })
  })

  test('a check of the guard that answers with a Response opens nothing, and names the package that does', async () => {
    for (const wrong of [core.prepare(scope('a')), core.prepare(() => scope('a'))]) {
      const error = await errorOf((app) => app.use(wrong))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error).toMatchObject({ message: 'This is no middleware: @countersign/express makes them.' })
    }
  })

  test('requireAuth in place of a middleware opens nothing, and says which one to use', async () => {
    const message = 'requireAuth(req) takes the request alone, in a handler. A middleware is guard.authenticate().'
    expect(await errorOf((app) => app.use(requireAuth))).toMatchObject({ code: 'OIDC_OPTION_INVALID', message })
    expect(() => requireAuth()).toThrow(message)
  })
})
