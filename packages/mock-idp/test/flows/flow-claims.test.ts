import type { ClaimSpec, FlowDefinition } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  claimsOf,
  fixedIdp,
  get,
  mira,
  redeem,
  refresh,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const scope = 'openid descope.custom_claims'

const withClaims = (claims: readonly ClaimSpec[], args: Record<string, number> = {}): FlowDefinition => ({
  id: 'claims',
  start: 'login',
  nodes: {
    login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'claims' },
    claims: { kind: 'action', action: 'custom-claims', claims, args, next: 'done' },
    done: { kind: 'end', outcome: 'success' },
  },
})

describe('claims that repeat what the client said (3.5)', () => {
  const claims: readonly ClaimSpec[] = [
    { key: 'campaign', type: 'dynamic', value: 'client.campaign' },
    { key: 'source', type: 'string', value: 'from {{client.source}}' },
    { key: 'both', type: 'json', value: { name: '{{user.name}}', source: '{{client.source}}' } },
    { key: 'name', type: 'string', value: '{{user.name}}' },
  ]
  const inNsec = { campaign: 'winter', source: 'from mail', both: { name: 'Mira Tal', source: 'mail' } }

  it('stand in nsec of tokens and userinfo, all others at the root', async () => {
    const { origin, projectId } = fixedIdp()
    const loginPageUrl = `${origin}/login/${projectId}?flow=claims&client.campaign=winter&client.source=mail`
    const own = fixedIdp({ flows: [withClaims(claims)], defaultApp: { loginPageUrl } })
    const tokens = await signIn(own, { scope })
    const id = claimsOf(tokens.id_token)
    expect([id.nsec, id.name, 'campaign' in id]).toEqual([inNsec, 'Mira Tal', false])
    const access = claimsOf(tokens.access_token)
    expect([access.nsec, access.name, 'campaign' in access]).toEqual([{ ...inNsec, scope }, 'Mira Tal', false])
    expect((await userinfo(own, tokens.access_token)).body.nsec).toMatchObject(inNsec)
  })

  it('stay out of the ID token without descope.custom_claims', async () => {
    const idp = fixedIdp({ flows: [withClaims([{ key: 'a', type: 'string', value: 'x{{client.none}}' }])] })
    const { id_token, access_token } = await signIn(idp, { scope: 'openid', flow: 'claims' })
    expect(claimsOf(id_token)).not.toHaveProperty('nsec')
    expect(claimsOf(access_token).nsec).toEqual({ a: 'x', scope: 'openid' })
  })

  it('move to the root when a later action sets them from elsewhere', async () => {
    const flow = withClaims([
      { key: 'plan', type: 'dynamic', value: 'client.plan' },
      { key: 'plan', type: 'string', value: 'basic' },
    ])
    const idp = fixedIdp({ flows: [flow], userTemplate: {} })
    const { access_token } = await signIn(idp, { flow: 'claims' })
    expect(claimsOf(access_token)).toMatchObject({ plan: 'basic', nsec: { scope: 'openid profile email' } })
  })
})

describe('custom-claims with refreshSeconds (4.4)', () => {
  const claims: readonly ClaimSpec[] = [
    { key: 'called', type: 'dynamic', value: 'user.name' },
    { key: 'size', type: 'dynamic', value: 'user.customAttributes.size' },
  ]

  it('works claims out again at the first refresh after that time', async () => {
    const idp = fixedIdp({ flows: [withClaims(claims, { refreshSeconds: 60 })] })
    const { refresh_token, access_token } = await signIn(idp, { scope, flow: 'claims' })
    idp.users.update(mira.id, { name: 'Mira New', customAttributes: { size: 'M' } })
    const called = async () => claimsOf((await refresh(idp, refresh_token)).body.access_token)
    idp.clock.advance(59)
    expect(await called()).toMatchObject({ called: 'Mira Tal' })
    expect(await called()).not.toHaveProperty('size')
    idp.clock.advance(1)
    expect(await called()).toMatchObject({ called: 'Mira New', size: 'M' })
    expect((await userinfo(idp, access_token)).body.nsec).toMatchObject({ called: 'Mira New' })
    idp.users.update(mira.id, { name: 'Mira Newest', customAttributes: {} })
    idp.clock.advance(59)
    expect(await called()).toMatchObject({ called: 'Mira New', size: 'M' })
    idp.clock.advance(1)
    const last = await called()
    expect([last.called, 'size' in last]).toEqual(['Mira Newest', false])
  })

  it('keeps claims as they were without it, and when a new value is too long', async () => {
    for (const [args, name] of [
      [{}, 'Other'],
      [{ refreshSeconds: 0 }, 'x'.repeat(501)],
    ] as const) {
      const idp = fixedIdp({ flows: [withClaims(claims, args)] })
      const { refresh_token } = await signIn(idp, { scope, flow: 'claims' })
      idp.users.update(mira.id, { name })
      expect(claimsOf((await refresh(idp, refresh_token)).body.access_token).called).toBe('Mira Tal')
    }
  })

  it('refuses another value than whole seconds', async () => {
    const idp = fixedIdp({ flows: [withClaims(claims, { refreshSeconds: -1 })] })
    const screens = [{ input: { loginId: mira.loginId, password: mira.password } }]
    expect((await idp.flows.run('claims', { screens })).log.at(-1)?.data).toMatchObject({ error: 'MissingArgument' })
  })
})

describe('a session (2.5, A-31)', () => {
  it('keeps the claims of its flow for silent answers and for flows that ask nothing', async () => {
    const idp = fixedIdp({ flows: [withClaims([{ key: 'plan', type: 'string', value: 'pro' }])], userTemplate: {} })
    await idp.driver.login(authorizeUrl(idp, { flow: 'claims', scope }), { user: mira.loginId })
    for (const changes of [{ prompt: 'none' }, {}]) {
      const callback = await idp.driver.visit(authorizeUrl(idp, { scope, ...changes }))
      const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
      expect(claimsOf(body.id_token)).toMatchObject({ plan: 'pro' })
      expect(claimsOf(body.refresh_token)).toMatchObject({ plan: 'pro', dcl: ['plan'] })
    }
  })

  it('begins without them after a new login', async () => {
    const idp = fixedIdp({ flows: [withClaims([{ key: 'plan', type: 'string', value: 'pro' }])] })
    await idp.driver.login(authorizeUrl(idp, { flow: 'claims', scope }), { user: mira.loginId })
    const callback = await idp.driver.login(authorizeUrl(idp, { scope, prompt: 'login' }), { user: mira.loginId })
    const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(claimsOf(body.id_token)).not.toHaveProperty('plan')
  })

  it('keeps its tenant', async () => {
    const idp = fixedIdp()
    const all = 'openid descope.claims'
    await idp.driver.login(authorizeUrl(idp, { scope: all, tenant: 'acme.example' }), { user: mira.loginId })
    const callback = await idp.driver.visit(authorizeUrl(idp, { scope: all, prompt: 'none' }))
    const { body } = await redeem(idp, callback.searchParams.get('code') ?? '')
    expect(claimsOf(body.id_token).dct).toBe(idp.tenants.get('acme.example')?.id)
    const { cookie } = await idp.sessions.create(mira.id)
    const plain = await get(idp, authorizeUrl(idp, { scope: all, prompt: 'none' }), { cookie })
    const code = new URL(plain.headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect(claimsOf((await redeem(idp, code)).body.id_token)).not.toHaveProperty('dct')
  })
})

describe('custom attributes of a tenant (4.6)', () => {
  it('resolve for the current tenant, and are missing without one', async () => {
    const tenants = [{ id: 'T1', name: 'One', customAttributes: { plan: 'pro' } }]
    const output = { plan: { dynamic: 'tenant.customAttributes.plan' } }
    const flow: FlowDefinition = {
      id: 'plan',
      start: 'done',
      nodes: { done: { kind: 'end', outcome: 'success', output } },
    }
    const idp = fixedIdp({ tenants, users: [], accessKeys: [], flows: [flow] })
    expect((await idp.flows.run('plan', { tenant: 'T1' })).output).toEqual({ plan: 'pro' })
    expect((await idp.flows.run('plan')).output).toEqual({})
  })
})
