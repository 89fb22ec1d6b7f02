import { createMockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { createClock } from '../src/clock.ts'
import { resolveProject } from '../src/project.ts'
import { createProjectData } from '../src/project-data.ts'
import { createRandom } from '../src/random.ts'
import { createRecords, type Grant, type Records } from '../src/records.ts'
import {
  authorize,
  authorizeUrl,
  codeFor,
  fixedIdp,
  get,
  mira,
  noa,
  redeem,
  refresh,
  signIn,
  token,
  userinfo,
} from './support/relying-party.ts'

const day = 24 * 3600

describe('what is over is forgotten, and not before', () => {
  it('tells an expired code from an unknown one for an hour', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    idp.clock.advance(3600)
    await codeFor(idp)
    expect((await redeem(idp, code)).body.error_description).toBe('the code has expired')
    idp.clock.advance(3600)
    await codeFor(idp)
    expect((await redeem(idp, code)).body.error_description).toBe('the code is unknown')
  })

  it('ends the family of a refresh token that was replaced weeks ago (RFC 9700 4.14.2)', async () => {
    const idp = fixedIdp({ refreshTokenRotation: true })
    const first = (await signIn(idp)).refresh_token
    const second = (await refresh(idp, first)).body.refresh_token
    idp.clock.advance(20 * day)
    await signIn(idp, {}, 'oidc', noa.loginId)
    expect((await refresh(idp, first)).body.error_description).toBe('the refresh token was used before')
    expect((await refresh(idp, second)).body.error_description).toBe('the grant was revoked')
  })

  it('knows the login of an old ID token at logout (2.9)', async () => {
    const idp = fixedIdp()
    const { id_token: hint, refresh_token: refreshToken } = await signIn(idp)
    idp.clock.advance(20 * day)
    await signIn(idp, {}, 'oidc', noa.loginId)
    await get(idp, `/oauth2/v1/logout?id_token_hint=${hint}`)
    expect((await refresh(idp, refreshToken)).body.error_description).toBe('the session of this grant has ended')
  })

  it('says of an access token that it has expired, for an hour', async () => {
    const idp = fixedIdp()
    const { access_token: accessToken } = await signIn(idp)
    idp.clock.advance(3600)
    await signIn(idp)
    expect((await userinfo(idp, accessToken)).body.error_description).toBe('the token has expired')
    idp.clock.advance(2 * 3600)
    await signIn(idp)
    expect((await userinfo(idp, accessToken)).body.error_description).toMatch(/not an access token/)
  })

  it('forgets a login that was never finished once its time is over', () => {
    const { clock, records, begin } = direct()
    begin('given up')
    clock.advance(3600)
    begin('new')
    expect([...records.transactions.keys()]).toEqual(['new'])
  })

  it('forgets logins with everything that hangs on them, and a restored snapshot brings them back', async () => {
    const idp = createMockIdp()
    const { refresh_token: refreshToken } = await signIn(idp)
    const snapshot = idp.snapshot()
    idp.clock.advance(29 * day)
    await signIn(idp)
    await signIn(idp)
    expect((await refresh(idp, refreshToken)).body.error_description).toBe('the refresh token is unknown')
    snapshot.restore()
    expect((await refresh(idp, refreshToken)).status).toBe(200)
  })
})

describe('what is kept at most', () => {
  it('is 1000 logins: the one that was used longest ago goes first', async () => {
    const idp = createMockIdp()
    const logIn = async (count: number) => {
      const sessions = []
      for (let index = 0; index < count; index++) sessions.push(await idp.sessions.create(mira.loginId))
      return sessions
    }
    const [used, unused] = await logIn(1000)
    const silently = async (cookie = '') => {
      const answer = await get(idp, authorizeUrl(idp, { prompt: 'none' }), { cookie })
      return new URL(answer.headers.get('location') ?? '').searchParams.get('error')
    }
    expect(await silently(used?.cookie)).toBeNull()
    await logIn(1)
    expect(idp.sessions.list()).toHaveLength(1000)
    expect(await silently(unused?.cookie)).toBe('login_required')
    expect(await silently(used?.cookie)).toBeNull()
  })

  it('is what limits say, of logins, runs and tokens', async () => {
    const idp = fixedIdp({ limits: { logins: 2, runs: 1, tokens: 1 } })
    const first = await signIn(idp)
    const second = await signIn(idp)
    expect(idp.sessions.list()).toHaveLength(2)
    expect((await refresh(idp, first.refresh_token)).body.error_description).toBe('the refresh token is unknown')
    expect((await refresh(idp, second.refresh_token)).status).toBe(200)
    await signIn(idp)
    expect(idp.sessions.list()).toHaveLength(2)
    expect(idp.flows.executions()).toHaveLength(1)
    expect((await refresh(idp, second.refresh_token)).body.error_description).toBe('the refresh token is unknown')
  })

  it('is 1201 logins where limits say so', async () => {
    const idp = createMockIdp({ limits: { logins: 1201 } })
    for (let index = 0; index < 1202; index++) await idp.sessions.create(mira.loginId)
    expect(idp.sessions.list()).toHaveLength(1201)
  })

  it('stays the same number after 10,000 logins, and is nothing once they are over', () => {
    const { clock, records, begin, logIn } = direct()
    for (let index = 0; index < 10_000; index++) {
      begin(`transaction ${index}`)
      logIn(`session ${index}`)
      clock.advance(0.01)
    }
    const { sessions, transactions, codes, refreshTokens, accessTokens, idTokens } = records
    expect([sessions.size, transactions.size]).toEqual([1000, 1000])
    for (const { size } of [codes, refreshTokens, accessTokens, idTokens]) expect(size).toBeLessThan(3000)
    clock.advance(40 * day)
    begin('last')
    logIn('last')
    expect(Object.values(records).map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1, 0, 0])
  })

  it('is 4 million characters of requests', async () => {
    const idp = fixedIdp()
    for (let index = 0; index < 82; index++) {
      await token(idp, { grant_type: 'client_credentials', padding: `${index} ${'x'.repeat(50_000)}` })
    }
    const kept = idp.log.entries.map(({ parameters }) => Number.parseInt(String(parameters.padding), 10))
    expect(kept).toEqual(Array.from({ length: 79 }, (_, index) => index + 3))
  })

  it('is 1000 audit entries and 1000 requests', async () => {
    const idp = fixedIdp()
    for (let index = 0; index < 1005; index++) await authorize(idp, { display: `${index}` })
    expect(idp.log.entries).toHaveLength(1000)
    expect(idp.log.entries[0]?.parameters.display).toBe('5')
    expect(idp.audit.entries).toHaveLength(1000)
  })
})

/** Records that are written by hand, because walking thousands of logins takes its time. */
function direct() {
  const clock = createClock({ fixedAt: Date.UTC(2026, 0, 1) })
  const records: Records = createRecords(clock)
  const { defaultApp: app } = createProjectData({}, resolveProject({}), createRandom('records'), clock)
  const later = (seconds: number): number => clock.now() + seconds * 1000
  return {
    clock,
    records,
    begin(id: string): void {
      const request = {
        login: '',
        app,
        redirectUri: '',
        flowId: '',
        scopes: [],
        prompt: [],
        resources: [],
        browser: '',
        csrf: '',
      }
      records.transactions.set(id, { id, ...request, expiresAt: later(3600) })
    },
    logIn(id: string): void {
      const login = { userId: mira.id, amr: [], cookie: id, ended: false }
      records.sessions.set(id, { id, ...login, authenticatedAt: clock.now(), expiresAt: later(28 * day) })
      const grant: Grant = {
        id,
        app,
        userId: mira.id,
        sessionId: id,
        scopes: [],
        resources: [],
        amr: [],
        authTime: 0,
        refreshExpiresAt: later(28 * day) / 1000,
        usedAt: 0,
        revoked: false,
      }
      records.codes.set(id, { grant, redirectUri: '', expiresAt: later(60), used: true })
      records.refreshTokens.set(id, { grant, replaced: false })
      records.accessTokens.set(id, { app, grant, subject: '', scopes: [], expiresAt: later(600), revoked: false })
      records.idTokens.set(id, grant)
    },
  }
}
