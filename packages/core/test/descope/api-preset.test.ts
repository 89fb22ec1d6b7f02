import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { createTokenSource } from '../../src/agent/index.ts'
import { createAccessTokenVerifier } from '../../src/api/index.ts'
import { type DescopeApiOptions, descopeAgent, descopeApi } from '../../src/descope/index.ts'
import { mapScopesToRoles, role, scope } from '../../src/index.ts'
import { failure } from '../api/api-fixture.ts'

const { projectId, agent, accessKey, users, spa } = demoProject

function setUp(options: Partial<DescopeApiOptions> = {}) {
  const idp = createMockIdp({ deterministic: {}, oidcApps: [{ id: 'back-office', name: 'Back office' }] })
  const fetch = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
  const project = { projectId, baseUrl: idp.origin }
  const verifier = createAccessTokenVerifier({ ...descopeApi({ ...project, ...options }), fetch, clock: idp.clock })
  return { idp, fetch, project, verifier }
}

describe('descopeApi', () => {
  test('accepts a closed list of issuers, the bare project id among them (N-17, DESIGN 14; S-132)', () => {
    const base = 'https://api.descope.com'
    const issuers = (options: object) => {
      const { issuer, acceptIssuers } = descopeApi({ projectId, ...options })
      return [issuer, ...acceptIssuers]
    }
    expect(issuers({})).toEqual([`${base}/${projectId}`, projectId])
    expect(issuers({ applicationIds: ['a', 'b'] })).toEqual([
      `${base}/${projectId}`,
      projectId,
      `${base}/${projectId}/a`,
      `${base}/${projectId}/b`,
    ])
    expect(issuers({ inbound: true })).toEqual([`${base}/${projectId}`, projectId, `${base}/v1/apps/${projectId}`])
    expect(issuers({ inbound: false })).toHaveLength(2)
  })

  test('takes the project as audience unless the API has a name of its own', () => {
    expect(descopeApi({ projectId }).audience).toBe(projectId)
    expect(descopeApi({ projectId, audience: 'https://api.acme.example' }).audience).toBe('https://api.acme.example')
  })

  test('refuses tokens of another project of the same service (N-34)', async () => {
    const { verifier, idp } = setUp()
    const other = createMockIdp({ deterministic: {}, projectId: `P3${projectId.slice(2)}`, origin: idp.origin })
    const client = (from: typeof idp) => ({ client: from.projectId, user: users.mira.id })
    expect(other.issuer).not.toBe(idp.issuer)
    await failure('OIDC_TOKEN_ISS_REFUSED', verifier.verify(await other.tokens.accessToken(client(other))))
    await expect(verifier.verify(await idp.tokens.accessToken(client(idp)))).resolves.toMatchObject({
      subject: users.mira.id,
    })
  })

  test('verifies a token that an access key got (S-208)', async () => {
    const { verifier, project, fetch, idp } = setUp()
    const source = createTokenSource({
      ...descopeAgent({ ...project, clientSecret: accessKey.clientSecret }),
      scope: 'openid descope.claims',
      fetch,
      clock: idp.clock,
    })
    const auth = await verifier.verify(await source.getAccessToken())
    expect(auth).toMatchObject({ issuer: idp.issuer, subject: accessKey.id })
    expect(auth.claims.roles).toEqual(['Worker'])
  })

  test('refuses tokens of inbound apps unless they are switched on (S-391, S-436, DESIGN 14)', async () => {
    const setups = [setUp(), setUp({ inbound: true })] as const
    const [closed, open] = await Promise.all(
      setups.map(async ({ project, fetch, idp }) => {
        const { clientId, clientSecret } = agent
        const preset = descopeAgent({ ...project, kind: 'inbound', clientId, clientSecret })
        return createTokenSource({ ...preset, fetch, clock: idp.clock }).getAccessToken()
      }),
    )
    await failure('OIDC_TOKEN_ISS_REFUSED', setups[0].verifier.verify(closed ?? ''))
    const auth = await setups[1].verifier.verify(open ?? '')
    expect(auth.principal).toEqual({ type: 'client', id: agent.clientId, clientId: agent.clientId })
    expect([...auth.grant.scopes]).toEqual(agent.scopes)
  })

  test('verifies user tokens of OIDC and inbound apps, and of named applications it was told of (S-132, S-207)', async () => {
    const { verifier, idp } = setUp({ inbound: true, applicationIds: ['back-office'] })
    const user = users.mira.id
    const order = { user, scope: 'openid' }
    for (const token of [
      await idp.tokens.accessToken(order),
      await idp.tokens.accessToken({ ...order, client: spa.clientId }),
      await idp.tokens.accessToken({ ...order, claims: { iss: `${idp.issuer}/back-office` } }),
      await idp.tokens.accessToken({ ...order, claims: { iss: projectId } }),
    ]) {
      await expect(verifier.verify(token)).resolves.toMatchObject({ subject: user, principal: { type: 'user' } })
    }
    const other = await idp.tokens.accessToken({ ...order, claims: { iss: `${idp.issuer}/front-office` } })
    await failure('OIDC_TOKEN_ISS_REFUSED', verifier.verify(other))
  })

  test('refuses what else the service signs: ID token, refresh token, session cookie (DESIGN 18)', async () => {
    const { verifier, idp } = setUp()
    const user = users.mira.id
    const signed = (claims: Record<string, unknown>) => idp.tokens.accessToken({ user, scope: 'openid', claims })
    await failure('OIDC_TOKEN_TYP_REFUSED', verifier.verify(await signed({ nonce: 'n' })))
    await failure('OIDC_TOKEN_TYP_REFUSED', verifier.verify(await signed({ nsec: undefined, email: 'm@acme.example' })))
    await failure('OIDC_TOKEN_TYP_REFUSED', verifier.verify(await signed({ drn: 'DSR' })))
    const cookie = { drn: 'DSR', iss: projectId, aud: undefined, nsec: undefined }
    await failure('OIDC_TOKEN_AUD_REFUSED', verifier.verify(await signed(cookie)))
    await expect(verifier.verify(await signed({}))).resolves.toBeDefined()
  })

  test('takes the scopes of inbound apps for granted, and never those that an access key asked for (IDP-SPEC 5.5)', async () => {
    const { verifier, project, fetch, idp } = setUp({ inbound: true })
    const get = (options: Parameters<typeof descopeAgent>[0]) =>
      createTokenSource({ ...descopeAgent(options), scope: 'contacts.read', fetch, clock: idp.clock }).getAccessToken()
    const { clientId, clientSecret } = agent
    const granted = await verifier.verify(await get({ ...project, kind: 'inbound', clientId, clientSecret }))
    expect(granted.can(scope('contacts.read')).allowed).toBe(true)

    idp.faults.next('access-token', { set: { scope: 'contacts.read', scp: ['contacts.read'] } })
    const asked = await verifier.verify(await get({ ...project, clientSecret: accessKey.clientSecret }))
    expect(asked.claims).toMatchObject({ scope: 'contacts.read' })
    expect([...asked.grant.scopes]).toEqual([])
    expect(asked.can(scope('contacts.read')).allowed).toBe(false)
    expect(asked.can(role('Worker')).allowed).toBe(true)
  })

  test('names the scope that a missing role comes with in tokens of inbound apps (IDP-SPEC 5.4)', async () => {
    const { verifier, idp } = setUp({ inbound: true })
    const rule = mapScopesToRoles(scope('contacts.write'), { 'contacts.write': ['Contact Editor'] })
    const verified = async (scopes: string) =>
      verifier.verify(
        await idp.tokens.accessToken({ client: spa.clientId, user: users.mira.id, scope: `openid ${scopes}` }),
      )
    const reader = await verified('contacts.read')
    expect(() => reader.require(rule)).toThrow(expect.objectContaining({ requiredScopes: ['contacts.write'] }))
    expect((await verified('contacts.read contacts.write')).can(rule).allowed).toBe(true)
  })
})
