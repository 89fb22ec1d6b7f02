import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { manage } from './support/management.ts'
import {
  authorizeUrl,
  basic,
  clientIdOf,
  codeFor,
  fixedIdp,
  get,
  mira,
  pairs,
  post,
  redeem,
  refresh,
  signIn,
  token,
  verifier,
} from './support/relying-party.ts'

const events = (idp: ReturnType<typeof fixedIdp>) => idp.audit.entries.map(({ event }) => event)

describe('the audit list (S-048)', () => {
  it('tells logins, token issues, failures and logouts, with user, client and request', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const { body } = await redeem(idp, code)
    await redeem(idp, code)
    await post(idp, '/oauth2/v1/revoke', { token: body.refresh_token, client_id: idp.projectId })
    await get(idp, `/oauth2/v1/logout?${pairs({ id_token_hint: body.id_token })}`)
    expect(events(idp)).toEqual(['login', 'token-issued', 'token-refused', 'token-revoked', 'logout'])
    expect(idp.audit.entries[1]).toEqual({
      time: idp.clock.now(),
      event: 'token-issued',
      detail: 'authorization_code, scope openid profile email',
      requestId: idp.log.entries.find(({ endpoint }) => endpoint === 'token')?.id,
      clientId: clientIdOf.oidc,
    })
    expect(idp.audit.entries[2]?.detail).toBe('invalid_grant: the code was used before')
    expect(idp.audit.entries[4]?.userId).toBe(mira.id)
  })

  it('tells failed logins of known and of unknown users', async () => {
    const idp = fixedIdp()
    for (const user of [mira.loginId, 'nobody@acme.example']) {
      await expect(idp.driver.login(authorizeUrl(idp), { user, password: 'no' })).rejects.toThrow()
      idp.driver.clearCookies()
    }
    expect(idp.audit.entries).toMatchObject([{ event: 'login-failed', userId: mira.id }, { event: 'login-failed' }])
    expect(idp.audit.entries[1]).not.toHaveProperty('userId')
  })

  it('tells consents and secret rotations', async () => {
    const idp = fixedIdp()
    idp.inboundApps.update(demoProject.spa.appId, { skipConsentScreen: false })
    await signIn(idp, {}, 'inbound')
    const [consent] = idp.consents.search({ userId: mira.id })
    idp.consents.delete({ consentIds: [consent?.id ?? ''] })
    idp.inboundApps.rotate(demoProject.agent.appId)
    const own = idp.audit.entries.filter(({ event }) => /consent|secret/.test(event))
    expect(own.map(({ event, clientId }) => [event, clientId])).toEqual([
      ['consent-granted', clientIdOf.inbound],
      ['consent-deleted', clientIdOf.inbound],
      ['secret-rotated', demoProject.agent.clientId],
    ])
    idp.driver.clearCookies()
    const url = authorizeUrl(idp, {}, 'inbound')
    await idp.driver.login(url, { user: mira.loginId, consent: 'deny' })
    expect(idp.audit.entries.at(-1)).toMatchObject({ event: 'consent-refused', userId: mira.id })
  })

  it('tells every change of a secret, of both families and of access keys, without the secret', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'web', name: 'Web', clientType: 'confidential', clientId: 'web-client' }] })
    const { agent, accessKey } = demoProject
    const secrets = [
      idp.oidcApps.rotate('web'),
      idp.inboundApps.rotate(agent.appId),
      idp.inboundApps.addSecret(agent.appId, { name: 'second' }).cleartext,
      (await manage(idp, '/v1/mgmt/accesskey/rotate', { id: accessKey.id })).body.cleartext,
    ]
    idp.inboundApps.revokeSecret(agent.appId, 'second')
    expect(idp.audit.entries.map(({ event, clientId }) => [event, clientId])).toEqual([
      ['secret-rotated', 'web-client'],
      ['secret-rotated', agent.clientId],
      ['secret-added', agent.clientId],
      ['secret-rotated', accessKey.clientId],
      ['secret-revoked', agent.clientId],
    ])
    for (const secret of secrets) expect(JSON.stringify(idp.audit.entries)).not.toContain(secret)
  })

  it('tells tokens of every grant, to people, programs and access keys, and refusals of each', async () => {
    const idp = fixedIdp()
    const { agent, accessKey } = demoProject
    const { refresh_token } = await signIn(idp)
    await refresh(idp, refresh_token)
    await refresh(idp, 'unknown')
    const grant = { grant_type: 'client_credentials' }
    await token(idp, grant, 'oidc', basic(accessKey.clientId, accessKey.clientSecret))
    await token(idp, grant, 'inbound', basic(agent.clientId, 'wrong'))
    expect(idp.audit.entries.slice(1).map(({ event, detail }) => `${event} ${detail.split(/[,:]/)[0]}`)).toEqual([
      'token-issued authorization_code',
      'token-issued refresh_token',
      'token-refused invalid_grant',
      'token-issued client_credentials',
      'token-refused invalid_client',
    ])
  })

  it.each(['max_age', 'acr_values', 'claims', 'ui_locales', 'id_token_hint', 'response_mode', 'display', 'dpop_jkt'])(
    'warns of %s, which has no effect (2.4)',
    async (name) => {
      const idp = fixedIdp()
      expect((await get(idp, authorizeUrl(idp, { [name]: 'x' }))).status).toBe(302)
      expect(idp.audit.entries).toMatchObject([{ event: 'warning', detail: `${name} has no effect in this version` }])
      idp.audit.clear()
      await get(idp, authorizeUrl(idp))
      expect(idp.audit.entries).toEqual([])
    },
  )

  it('warns when every redirect URI is allowed (2.15)', async () => {
    const idp = fixedIdp({ approvedDomains: [], allowAnyRedirect: true })
    await get(idp, authorizeUrl(idp))
    expect(idp.audit.entries).toMatchObject([{ event: 'warning', detail: expect.stringContaining('open redirector') }])
  })

  it('starts empty, keeps entries as they are, and is emptied by reset', async () => {
    const idp = fixedIdp()
    expect(idp.audit.entries).toEqual([])
    await idp.sessions.create(mira.id)
    expect(Object.isFrozen(idp.audit.entries[0])).toBe(true)
    idp.reset()
    expect(idp.audit.entries).toEqual([])
  })
})

describe('answers in the journal (2.17)', () => {
  it('keeps redirects, cookies, media type and JSON bodies of every answer', async () => {
    const idp = fixedIdp()
    const tokens = await signIn(idp)
    await get(idp, `/${idp.projectId}/.well-known/openid-configuration`)
    const answers = idp.log.entries.map(({ answer }) => answer)
    expect(answers[0]).toEqual({
      location: expect.stringContaining('/login/'),
      cookies: ['mock_txn'],
    })
    expect(answers[1]).toEqual({ contentType: 'text/html', cookies: ['mock_ab_testing_key'] })
    expect(answers[4]?.body).toEqual({
      access_token: '[redacted]',
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: '[redacted]',
      id_token: '[redacted]',
      scope: tokens.scope,
    })
    expect(answers[5]?.body).toMatchObject({ issuer: idp.issuer, token_endpoint: `${idp.origin}/oauth2/v1/token` })
  })

  it('holds no code, token, handle or secret', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const { body } = await redeem(idp, code)
    const text = JSON.stringify([idp.log.entries, idp.audit.entries])
    const handle = new URL((await get(idp, authorizeUrl(idp))).headers.get('location') ?? '').searchParams.get(
      'state_id',
    )
    for (const one of [code, verifier, body.id_token, body.access_token, body.refresh_token])
      expect(text).not.toContain(one)
    expect(JSON.stringify(idp.log.entries)).not.toContain(handle)
  })
})
