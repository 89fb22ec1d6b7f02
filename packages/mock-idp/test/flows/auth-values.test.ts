import { demoProject, type FlowDefinition, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, claimsOf, fixedIdp, mira } from '../support/relying-party.ts'

const now = Date.UTC(2026, 0, 1) / 1000
const screens = [{ input: { loginId: mira.loginId, password: mira.password } }]

/** Signs in and hands values to a scriptlet, in the middle of the flow. */
function looking(...keys: string[]): { config: MockIdpConfig; seen: unknown[] } {
  const seen: unknown[] = []
  const args = Object.fromEntries(keys.map((key, index) => [`v${index}`, { dynamic: key }]))
  const flow: FlowDefinition = {
    id: 'looking',
    start: 'before',
    nodes: {
      before: { kind: 'scriptlet', fn: 'look', args, next: 'login' },
      login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'after' },
      after: { kind: 'scriptlet', fn: 'look', args, next: 'done' },
      done: { kind: 'end', outcome: 'success' },
    },
  }
  return { seen, config: { flows: [flow], scriptlets: { look: (given) => seen.push(Object.values(given)) } } }
}

describe('authInfo', () => {
  it('sessionJwt and refreshJwt are the JWTs of the user, missing before authentication (S-310, S-311, S-312)', async () => {
    const { config, seen } = looking('authInfo.sessionJwt', 'authInfo.refreshJwt')
    await fixedIdp(config).flows.run('looking', { screens })
    const [before, after] = seen as [string[], string[]]
    expect(before).toEqual([])
    const common = { sub: mira.id, iat: now, amr: ['pwd'] }
    expect(after.map(claimsOf)).toMatchObject([
      { ...common, drn: 'DS', exp: now + 600 },
      { ...common, drn: 'DSR', exp: now + 2_419_200 },
    ])
  })

  it.each(['sessionJwt', 'refreshJwt'])('%s is redacted in the log wherever it goes (S-311, S-312)', async (name) => {
    const key = `authInfo.${name}`
    const flow: FlowDefinition = {
      id: 'leaking',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'look' },
        look: { kind: 'condition', rules: [{ all: [{ key, op: 'not-empty' }], next: 'call' }], else: 'done' },
        call: {
          kind: 'connector',
          connector: 'people-api',
          contextKey: 'r',
          method: 'POST',
          headers: { 'X-Who': `{{${key}}}` },
          query: { q: { dynamic: key } },
          body: { plain: `Bearer {{${key}}}` },
          next: 'script',
        },
        script: {
          kind: 'scriptlet',
          fn: 'echo',
          args: { it: { dynamic: key } },
          next: 'done',
        },
        done: { kind: 'end', outcome: 'success' },
      },
    }
    const idp = fixedIdp({ flows: [flow], scriptlets: { echo: ({ it }) => ({ plain: it }) } })
    const sent: string[] = []
    idp.connectors.stub('people-api', async (request) => {
      sent.push(request.headers.get('x-who') ?? '')
      return { echo: await request.text() }
    })
    const run = await idp.flows.run('leaking', { screens })
    const jwt = String(run.value(key))
    expect([run.status, sent, run.value('scripts.scriptletResult.plain')]).toEqual(['completed', [jwt], jwt])
    const [, payload = '', signature = ''] = jwt.split('.')
    const log = JSON.stringify(run.log)
    expect(log).toContain(jwt.slice(0, 12))
    expect([log.includes(payload), log.includes(signature)]).toEqual([false, false])
  })

  it.each<[row: string, key: string, config: MockIdpConfig, expected: unknown]>([
    ['S-313, without a setting', 'cookieDomain', {}, ''],
    ['S-313', 'cookieDomain', { flowSettings: { cookieDomain: 'acme.example' } }, 'acme.example'],
    ['S-314, without a setting', 'cookiePath', {}, '/'],
    ['S-314', 'cookiePath', { flowSettings: { cookiePath: '/app' } }, '/app'],
    ['S-315', 'cookieMaxAge', { lifetimes: { refreshTokenSeconds: 90 } }, 90],
    ['S-316', 'cookieExpiration', { lifetimes: { refreshTokenSeconds: 90 } }, now + 90],
  ])('%s: %s with %o', async (_row, key, settings, expected) => {
    const { config, seen } = looking(`authInfo.${key}`)
    await fixedIdp({ ...config, ...settings }).flows.run('looking', { screens })
    expect(seen).toEqual([[], [expected]])
  })
})

describe('jwtClaims', () => {
  it('are missing before authentication in the same run, with a session too (S-372)', async () => {
    const { config, seen } = looking('jwtClaims.sub', 'jwtClaims.amr', 'jwtClaims.dob')
    const idp = fixedIdp(config)
    const { id } = await idp.sessions.create(mira.id)
    const run = await idp.flows.run('looking', { sessionId: id })
    expect([run.status, seen]).toEqual(['completed', [[], []]])
    await idp.flows.run('looking', { screens })
    expect(seen.at(-1)).toEqual([mira.id, ['pwd'], '1991-04-30'])
  })

  it('exp and iat follow clock and lifetimes, drn and sub say whose token it is (S-375, S-376, S-378, S-380)', async () => {
    const keys = ['drn', 'sub', 'iat', 'exp'].map((key) => `jwtClaims.${key}`)
    const { config, seen } = looking(...keys)
    const idp = fixedIdp({ ...config, lifetimes: { accessTokenSeconds: 120 } })
    idp.clock.advance(30)
    await idp.flows.run('looking', { screens })
    expect(seen).toEqual([[], ['DS', mira.id, now + 30, now + 150]])
  })

  it.each([
    ['S-374', 'amr'],
    ['S-376', 'exp'],
    ['S-377', 'iss'],
    ['S-378', 'sub'],
  ])('%s: %s is what the session token of the run says', async (_row, claim) => {
    const { config, seen } = looking(`jwtClaims.${claim}`)
    const issued = { ...config, jwtTemplates: { user: { issuerType: 'legacy' as const } } }
    for (const settings of [config, issued]) {
      const run = await fixedIdp(settings).flows.run('looking', { screens })
      expect(seen.at(-1)).toEqual([claimsOf(run.tokens?.sessionJwt ?? '')[claim]])
    }
  })

  it('iss and exp are those of the application that asked (S-376, S-377)', async () => {
    const { spa } = demoProject
    const { config, seen } = looking('jwtClaims.iss', 'jwtClaims.exp')
    const idp = fixedIdp(config)
    idp.inboundApps.update(spa.appId, { sessionSettings: { sessionTokenExpiration: 77 } })
    await idp.driver.login(authorizeUrl(idp, { flow: 'looking' }, 'inbound'), { user: mira.loginId })
    expect(seen.at(-1)).toEqual([idp.inboundIssuer, now + 77])
  })
})
