import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  authorizeUrl,
  claimsOf,
  codeFor,
  fixedIdp,
  get,
  mira,
  redeem,
  signIn,
  userinfo,
} from '../support/relying-party.ts'

const scope = 'openid descope.custom_claims'

describe('the worked example', () => {
  it('brings dob of the connector as it came into ID token, access token and userinfo, and nothing else of it (S-008, S-014, S-019, S-031, S-032, S-043)', async () => {
    const idp = fixedIdp({ userTemplate: {} })
    const tokens = await signIn(idp, { scope, flow: 'sign-up-or-in-with-dob' })
    expect(claimsOf(tokens.id_token)).toMatchObject({ dob: '1984-02-09', source: 'people-api' })
    expect(claimsOf(tokens.access_token)).toMatchObject({ dob: '1984-02-09' })
    expect(claimsOf(tokens.refresh_token)).toMatchObject({ dob: '1984-02-09', dcl: ['dob', 'source'] })
    const { body } = await userinfo(idp, tokens.access_token)
    expect(body.nsec).toEqual({ dob: '1984-02-09', source: 'people-api', scope })
    const plain = await signIn(fixedIdp({ userTemplate: {} }), { scope })
    for (const name of ['id_token', 'access_token']) {
      const added = Object.keys(claimsOf(tokens[name])).filter((key) => !(key in claimsOf(plain[name])))
      expect(added.sort()).toEqual(['dob', 'source'])
    }
  })

  it('keeps dob out of the ID token without descope.custom_claims (S-043)', async () => {
    const idp = fixedIdp({ userTemplate: {} })
    const tokens = await signIn(idp, { scope: 'openid', flow: 'sign-up-or-in-with-dob' })
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('dob')
    expect(claimsOf(tokens.access_token)).toMatchObject({ dob: '1984-02-09' })
  })

  it('asks for consent inside the flow and ends with dob (S-019, 4.10 C)', async () => {
    const idp = fixedIdp({ userTemplate: {} })
    const { clientId } = demoProject.partner
    const changes = { client_id: clientId, scope: `${scope} contacts.read birthday`, flow: 'inbound-consent-dob' }
    const code = await codeFor(idp, changes, 'inbound')
    const { body } = await redeem(idp, code, { client_id: clientId }, 'inbound')
    expect(claimsOf(body.id_token)).toMatchObject({ source: 'people-api' })
    expect(claimsOf(body.access_token)).toMatchObject({ dob: '1984-02-09' })
    expect((await userinfo(idp, body.access_token, 'inbound')).body.nsec).toMatchObject({ source: 'people-api' })
    expect(idp.consents.search({ appId: demoProject.partner.appId })).toMatchObject([{ userId: mira.id }])
    const [run = ''] = idp.flows.executions('inbound-consent-dob')
    expect(idp.flows.logs(run)?.map(({ kind }) => kind)).toEqual([
      'flow.start',
      'condition.evaluated',
      'screen.shown',
      'screen.submitted',
      'action.done',
      'connector.request',
      'connector.response',
      'condition.evaluated',
      'screen.shown',
      'screen.submitted',
      'consent.stored',
      'action.done',
      'claims.set',
      'action.done',
      'flow.end',
    ])
  })

  it('shows the runner log under the page with debug=true (S-044, S-047)', async () => {
    const idp = fixedIdp()
    const html = await (await get(idp, `/login/${idp.projectId}?debug=true`)).text()
    expect(html).toContain('<h2>Runner log</h2>')
    expect(html).toContain('flow.start')
    expect(await (await get(idp, authorizeUrl(idp))).text()).not.toContain('Runner log')
  })
})
