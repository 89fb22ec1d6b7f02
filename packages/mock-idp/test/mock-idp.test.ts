import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  authorizeUrl,
  basic,
  codeFor,
  fixedIdp,
  get,
  mira,
  noa,
  redeem,
  signIn,
  token,
  verifier,
} from './support/relying-party.ts'

describe('directories', () => {
  it('create, find, update, list and delete users; ids are generated (S-109)', () => {
    const { users } = fixedIdp()
    const created = users.create({ loginIds: ['new@acme.example'], password: 'x' })
    expect(created).toMatchObject({ id: expect.stringMatching(/^U[A-Za-z0-9]{27}$/), status: 'active', roles: [] })
    expect(users.get('new@acme.example')).toBe(created)
    const updated = users.update(created.id, { name: 'New' })
    expect(updated).toMatchObject({ id: created.id, name: 'New', password: 'x' })
    expect(users.list().at(-1)).toBe(updated)
    expect([users.delete('new@acme.example'), users.delete('new@acme.example')]).toEqual([true, false])
    expect(users.get(created.id)).toBeUndefined()
  })

  it('refuse what does not fit and leave the entry as it was', () => {
    const { users } = fixedIdp()
    expect(() => users.update(mira.id, { loginIds: [noa.loginId] })).toThrow(/already known as/)
    expect(() => users.update(mira.id, { roles: ['King'] })).toThrow(/"King" is not defined/)
    expect(() => users.update('nobody', {})).toThrow(/"nobody" is unknown/)
    expect(users.get(mira.loginId)?.id).toBe(mira.id)
    expect(users.list()[0]?.id).toBe(mira.id)
  })

  it('keep generated ids and secrets through an update, and refuse another id (S-057, S-059, S-397)', () => {
    const { inboundApps, oidcApps, accessKeys } = fixedIdp()
    const app = inboundApps.create({ name: 'Robot' })
    const { id, secrets, clientId } = app
    expect(inboundApps.update(id, { name: 'Other' })).toMatchObject({ id, secrets, clientId, name: 'Other' })
    expect(() => inboundApps.update(id, { id: 'TPA1' })).toThrow(/an id cannot be changed/)
    expect(inboundApps.get(id)?.name).toBe('Other')
    expect(inboundApps.get('TPA1')).toBeUndefined()
    const web = oidcApps.create({ name: 'Web', clientType: 'confidential' })
    expect(oidcApps.update(web.id, { forcePkce: true })).toMatchObject({ secrets: web.secrets })
    const key = accessKeys.create({ name: 'Key' })
    expect(accessKeys.update(key.id, { status: 'inactive' })).toMatchObject({ id: key.id, secret: key.secret })
  })

  it('take effect with the next request: an inbound application made at run time (S-392 to S-397, S-410)', async () => {
    const idp = fixedIdp()
    const app = idp.inboundApps.create({
      name: 'Robot',
      permissionsScopes: [{ name: 'a', description: 'A' }],
      skipConsentScreen: true,
    })
    expect(app.id).toMatch(/^TPA[A-Za-z0-9]{27}$/)
    expect(atob(app.clientId)).toBe(`${idp.projectId}:${app.id}`)
    const headers = basic(app.clientId, app.secrets[0]?.cleartext ?? '')
    const { body } = await token(idp, { grant_type: 'client_credentials' }, 'inbound', headers)
    expect(body.scope).toBe('a')
    idp.inboundApps.update(app.id, { status: 'disabled' })
    expect((await token(idp, { grant_type: 'client_credentials' }, 'inbound', headers)).status).toBe(401)
  })

  it('hold frozen entries', () => {
    expect(Object.isFrozen(fixedIdp().users.list()[0])).toBe(true)
  })
})

describe('sessions', () => {
  it('are created for active users, listed and ended', async () => {
    const idp = fixedIdp()
    const session = await idp.sessions.create(mira.loginId)
    expect(session.cookie).toMatch(/^DSR=ey/)
    expect(idp.sessions.list()).toEqual([session])
    expect([idp.sessions.end(session.id), idp.sessions.end(session.id)]).toEqual([true, false])
    await expect(idp.sessions.create('nobody')).rejects.toThrow(TypeError)
    await expect(idp.sessions.create(demoProject.users.iva.id)).rejects.toThrow(/not an active user/)
  })
})

describe('the clock', () => {
  it('stands still in deterministic mode and moves on command', () => {
    const { clock } = createMockIdp({ deterministic: { now: 1000 } })
    expect(clock.now()).toBe(1000)
    clock.advance(5)
    expect(clock.now()).toBe(6000)
    clock.set(42)
    expect(clock.now()).toBe(42)
  })

  it('runs on from where it was set over another source', () => {
    let time = 100
    const { clock } = createMockIdp({ clock: { now: () => time } })
    clock.set(5000)
    time += 7
    expect(clock.now()).toBe(5007)
  })
})

describe('the driver', () => {
  it('gives the callback URL, keeps cookies for prompt=none, and forgets them', async () => {
    const idp = fixedIdp()
    const callback = await idp.driver.login(authorizeUrl(idp), { user: mira.loginId, password: mira.password })
    expect(callback.origin).toBe('http://localhost:5173')
    expect(idp.driver.cookies).toMatch(/mock_txn=.*; DSR=ey/)
    const silent = authorizeUrl(idp, { prompt: 'none' })
    expect((await idp.driver.visit(silent)).searchParams.has('code')).toBe(true)
    idp.driver.clearCookies()
    expect((await idp.driver.visit(silent)).searchParams.get('error')).toBe('login_required')
  })

  it('says what the page says when a login fails', async () => {
    const idp = fixedIdp()
    await expect(idp.driver.login(authorizeUrl(idp), { user: mira.id, password: 'no' })).rejects.toThrow(
      /the login did not end: .*The login ID or the password is not right/,
    )
    await expect(idp.driver.login(authorizeUrl(idp, { client_id: 'x' }), { user: mira.id })).rejects.toThrow(
      /no sign-in form came up: .*client_id names no active application/,
    )
    await expect(idp.driver.visit(authorizeUrl(idp))).rejects.toThrow(/a page came up/)
  })

  it('stops in front of a redirect URI on the origin of the mock itself', async () => {
    const idp = fixedIdp()
    const redirectUri = `${idp.origin}/callback`
    const callback = await idp.driver.login(authorizeUrl(idp, { redirect_uri: redirectUri }), { user: mira.id })
    expect(callback.href.startsWith(`${redirectUri}?code=`)).toBe(true)
  })
})

describe('the journal', () => {
  it('keeps method, path, status, endpoint, parameters and reason of each request', async () => {
    const idp = fixedIdp()
    await signIn(idp)
    const { entries } = idp.log
    expect(entries.map(({ method, endpoint, status }) => `${method} ${endpoint} ${status}`)).toEqual([
      'GET authorize 302',
      'GET login 200',
      'POST login 303',
      'GET finish-authorize 302',
      'POST token 200',
    ])
    expect(entries.map(({ reason }) => reason)).toEqual(['login page', undefined, 'signed in', 'code', 'code redeemed'])
    expect(entries[0]?.parameters.code_challenge_method).toBe('S256')
    idp.log.clear()
    expect(idp.log.entries).toEqual([])
  })

  it('says why a request was refused', async () => {
    const idp = fixedIdp()
    await redeem(idp, await codeFor(idp), { code_verifier: 'x'.repeat(43) })
    expect(idp.log.entries.at(-1)?.reason).toBe('invalid_grant: code_verifier does not fit the code challenge')
    await get(idp, authorizeUrl(idp, { flow: 'x' }))
    expect(idp.log.entries.at(-1)?.reason).toBe('invalid_request: unknown_flow')
  })

  it('holds no token, code, verifier, secret or password (checklist 20)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const { body } = await redeem(idp, code)
    await token(idp, { grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: idp.projectId })
    await get(idp, `/oauth2/v1/logout?id_token_hint=${body.id_token}&other=${body.access_token}`)
    const secret = demoProject.agent.clientSecret
    const fields = { grant_type: 'client_credentials', client_id: demoProject.agent.clientId, client_secret: secret }
    await token(idp, fields, 'inbound')
    await token(idp, {}, 'inbound', basic(demoProject.agent.clientId, secret))
    const text = JSON.stringify(idp.log.entries)
    const secrets = [code, verifier, secret, mira.password, body.id_token, body.access_token, body.refresh_token]
    for (const one of secrets) expect(text).not.toContain(one)
    expect(text).toContain('[redacted]')
  })
})

describe('deterministic mode', () => {
  const run = async (idp = fixedIdp()) => {
    const code = await codeFor(idp)
    return JSON.stringify([
      code,
      (await redeem(idp, code)).body,
      idp.users.create({ loginIds: ['n'] }).id,
      idp.log.entries,
    ])
  }

  it('gives byte-identical codes, tokens, ids and logs twice (checklist 22)', async () => {
    expect(await run()).toBe(await run())
  })

  it('gives other bytes for another seed, and real randomness outside', async () => {
    const codes = await Promise.all([
      codeFor(fixedIdp()),
      codeFor(fixedIdp({ deterministic: { seed: 'other' } })),
      codeFor(createMockIdp()),
      codeFor(createMockIdp()),
    ])
    expect(new Set(codes).size).toBe(4)
  })

  it('reset goes back to the beginning: data, tokens, faults, clock, keys, cookies', async () => {
    const idp = fixedIdp()
    const first = await run(idp)
    idp.users.delete(noa.id)
    idp.clock.advance(99)
    idp.keys.rotate()
    idp.faults.always('token-status-503')
    idp.reset()
    expect(idp.sessions.list()).toEqual([])
    expect(idp.log.entries).toEqual([])
    expect(idp.driver.cookies).toBe('')
    expect(await run(idp)).toBe(first)
    expect(idp.users.get(noa.id)).toBeDefined()
  })
})

describe('log.subscribe', () => {
  it('tells of each request until it is ended', async () => {
    const idp = fixedIdp()
    const paths: string[] = []
    const end = idp.log.subscribe(({ path }) => paths.push(path))
    await get(idp, '/')
    end()
    await get(idp, '/nowhere')
    expect(paths).toEqual(['/'])
  })

  it('answers although a listener throws, whose error is uncaught', async () => {
    const uncaught: unknown[] = []
    const queue = queueMicrotask
    vi.stubGlobal('queueMicrotask', (work: () => void) =>
      queue(() => {
        try {
          work()
        } catch (error) {
          uncaught.push(error)
        }
      }),
    )
    onTestFinished(() => void vi.unstubAllGlobals())
    const idp = fixedIdp()
    const paths: string[] = []
    idp.log.subscribe(() => {
      throw new Error('a broken listener')
    })
    idp.log.subscribe(({ path }) => paths.push(path))
    expect((await get(idp, '/')).status).toBe(200)
    expect(paths).toEqual(['/'])
    expect(uncaught).toMatchObject([{ message: 'a broken listener' }])
  })
})
