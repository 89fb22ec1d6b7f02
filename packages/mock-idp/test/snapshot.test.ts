import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  codeFor,
  fixedIdp,
  mira,
  noa,
  redeem,
  refresh,
  signIn,
  userinfo,
} from './support/relying-party.ts'

const view = (idp: ReturnType<typeof fixedIdp>) =>
  JSON.stringify([
    idp.users.list(),
    idp.oidcApps.list(),
    idp.inboundApps.list(),
    idp.accessKeys.list(),
    idp.tenants.list(),
    idp.roles.list(),
    idp.permissions.list(),
    idp.consents.search(),
    idp.flows.list(),
    idp.connectors.list(),
    idp.outbox.list(),
    idp.sessions.list(),
    idp.keys.published,
    idp.clock.now(),
    idp.log.entries,
    idp.audit.entries,
    idp.driver.cookies,
  ])

describe('snapshot (2.17)', () => {
  it('brings the risk provider and the lines of runner logs back', async () => {
    const idp = fixedIdp()
    const flow = { kind: 'end', outcome: 'success', output: { risk: { dynamic: 'riskInfo.riskScore' } } } as const
    idp.flows.put({ id: 'risk', start: 'end', nodes: { end: flow } })
    idp.flows.setRiskProvider(() => ({ riskScore: 0.5 }))
    const { executionId } = await idp.flows.run('sign-up-or-in')
    const lines = idp.flows.logs(executionId)
    const snapshot = idp.snapshot()
    for (let round = 0; round < 2; round++) {
      idp.flows.setRiskProvider(undefined)
      expect((await idp.flows.run('risk')).output).toEqual({ risk: 0 })
      snapshot.restore()
      expect((await idp.flows.run('risk')).output).toEqual({ risk: 0.5 })
    }
    expect(idp.flows.logs(executionId)).toEqual(lines)
  })

  it('brings everything back, again and again, whatever happened since', async () => {
    const idp = fixedIdp()
    await signIn(idp, {}, 'inbound')
    idp.clock.advance(7)
    const before = view(idp)
    const snapshot = idp.snapshot()
    for (let round = 0; round < 2; round++) {
      idp.users.create({ loginIds: ['new'] })
      idp.users.update(noa.id, { name: 'Other' })
      idp.oidcApps.create({ name: 'App' })
      idp.inboundApps.delete(demoProject.agent.appId)
      idp.accessKeys.delete(demoProject.accessKey.id)
      idp.tenants.create({ id: 'T9', name: 'Nine' })
      idp.roles.create({ name: 'King', permissions: ['rule'] })
      idp.consents.create({ appId: demoProject.spa.appId, userId: noa.id, scopes: ['contacts.read'] })
      idp.connectors.create({ id: 'other', type: 'http', name: 'Other', baseUrl: 'http://127.0.0.1:1' })
      const [flow] = idp.flows.list()
      if (flow) idp.flows.put({ ...flow, id: 'another' })
      idp.keys.rotate()
      idp.clock.advance(99)
      idp.driver.clearCookies()
      await signIn(idp)
      expect(view(idp)).not.toBe(before)
      snapshot.restore()
      expect(view(idp)).toBe(before)
    }
  })

  it('brings codes, tokens and their family back by value: a spent code is good again, and still one grant', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const snapshot = idp.snapshot()
    const first = await redeem(idp, code)
    expect((await redeem(idp, code)).status).toBe(400)
    expect((await refresh(idp, first.body.refresh_token)).status).toBe(400)
    snapshot.restore()
    const second = await redeem(idp, code)
    expect([second.status, second.body]).toEqual([200, first.body])
    await redeem(idp, code)
    expect((await userinfo(idp, second.body.access_token)).status).toBe(401)
    snapshot.restore()
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('keeps faults that were on, and drops those that came later', async () => {
    const idp = fixedIdp()
    idp.faults.always('userinfo-status-500')
    const snapshot = idp.snapshot()
    idp.faults.clear()
    idp.faults.next('token-status-503')
    snapshot.restore()
    const { access_token } = await signIn(idp)
    expect((await userinfo(idp, access_token)).status).toBe(500)
  })

  it('lets a live session answer prompt=none only where it was live', async () => {
    const idp = fixedIdp()
    const empty = idp.snapshot()
    await signIn(idp)
    const signedIn = idp.snapshot()
    empty.restore()
    const silent = authorizeUrl(idp, { prompt: 'none' })
    expect((await idp.driver.visit(silent)).searchParams.get('error')).toBe('login_required')
    signedIn.restore()
    expect((await idp.driver.visit(silent)).searchParams.has('code')).toBe(true)
    expect(idp.sessions.list()[0]?.userId).toBe(mira.id)
  })
})
