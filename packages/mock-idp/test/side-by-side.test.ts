import { createHash } from 'node:crypto'
import { demoProject } from '@countersign/mock-idp'
import { createTestIdp, signIn } from '@countersign/mock-idp/testing'
import { describe, expect, it } from 'vitest'
import { get, refresh, userinfo } from './support/relying-party.ts'

/** Fifty mocks with a user of their own each, and the origin of each by its number. */
function fifty() {
  return Array.from({ length: 50 }, (_, number) =>
    createTestIdp({
      origin: `https://idp-${number}.example`,
      users: [{ loginIds: [`user-${number}`], password: `password-${number}`, name: `User ${number}` }],
      roles: {},
      tenants: [],
      inboundApps: [],
      accessKeys: [],
    }),
  )
}

describe('many mocks in one process', () => {
  it('sign their own users in at the same time, and mix nothing up', async () => {
    const idps = fifty()
    const logins = await Promise.all(idps.map((idp) => signIn(idp)))
    for (const [number, { claims }] of logins.entries()) {
      expect(claims).toMatchObject({ iss: idps[number]?.issuer, name: `User ${number}` })
      expect(idps[number]?.sessions.list()).toHaveLength(1)
    }
    expect(new Set(logins.map(({ accessToken }) => accessToken)).size).toBe(50)
    expect(new Set(idps.map(({ log }) => log.entries.length)).size).toBe(1)
  })

  it('take no token, session or code of a neighbour', async () => {
    const [one, other] = fifty()
    if (!one || !other) throw new Error('fifty makes at least two')
    const { accessToken, refreshToken = '' } = await signIn(one)
    expect((await userinfo(one, accessToken)).status).toBe(200)
    expect((await userinfo(other, accessToken)).status).toBe(401)
    expect((await refresh(other, refreshToken)).body).toMatchObject({ error: 'invalid_grant' })
    const url = `/oauth2/v1/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: demoProject.projectId,
      redirect_uri: 'http://localhost/callback',
      scope: 'openid',
      state: 's',
      prompt: 'none',
      code_challenge: createHash('sha256').update('verifier').digest('base64url'),
      code_challenge_method: 'S256',
    })}`
    const answers = await Promise.all([one, other].map((idp) => get(idp, url, { cookie: one.driver.cookies })))
    expect(answers.map(({ headers }) => /[?&](code|error)=/.exec(headers.get('location') ?? '')?.[1])).toEqual([
      'code',
      'error',
    ])
  })

  it('keep faults, clocks and data to themselves', async () => {
    const [one, other] = fifty()
    one?.faults.always('token-status-503')
    one?.clock.advance(3600)
    one?.users.create({ loginIds: ['guest'] })
    if (!other) throw new Error('fifty makes at least two')
    await expect(signIn(other)).resolves.toHaveProperty('accessToken')
    expect(other.users.list()).toHaveLength(1)
    expect(Math.abs(other.clock.now() - Date.now())).toBeLessThan(60_000)
  })
})
