import { demoProject, type FlowDefinition, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, mira, noa } from '../support/relying-party.ts'

const { acme, globex } = demoProject.tenants
const now = Date.UTC(2026, 0, 1) / 1000
const iPhone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Mobile/15E148 Safari/604.1'
const desktop = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

const signIn = { loginId: mira.loginId, password: mira.password }
const haifa = { country: 'IL', city: 'Haifa', latitude: 32.8, longitude: 35 }
const oslo = { country: 'NO', city: 'Oslo', latitude: 59.9, longitude: 10.8 }
const device = {
  id: 'device-1',
  url: 'https://login.example:8443/page/a?x=1&x=2&y=3#part',
  webAuthnSupport: true,
  userAgent: iPhone,
  ip: '192.0.2.7',
}

/** A mock whose Mira has every attribute, and a login of her behind her. */
async function preparedIdp(): Promise<MockIdp> {
  const idp = fixedIdp({ flowSettings: { cookieDomain: 'login.example' } })
  idp.users.update(mira.id, { middleName: 'Rut', test: true, totpSeed: 'JBSWY3DPEHPK3PXP', passkey: true })
  await idp.flows.run('sign-up-or-in', {
    screens: [{ input: signIn }],
    device: { ...device, ip: '198.51.100.1' },
    risk: { geo: oslo },
    form: { trustThisDevice: true },
  })
  idp.clock.advance(3600)
  return idp
}

async function values(idp: MockIdp) {
  return idp.flows.run('sign-up-or-in', {
    screens: [{ input: signIn }],
    device,
    tenant: acme,
    risk: { botDetected: true, riskScore: 0.4, geo: haifa },
    client: { color: 'teal' },
  })
}

/** Rows of `user.*`; the second id is the row of the same key under `unauthUser`. */
const userKeys: [row: string, other: string, key: string, expected: unknown][] = [
  ['S-234', 'S-270', 'userId', mira.id],
  ['S-235', 'S-271', 'loginIds', [mira.loginId]],
  ['S-236', 'S-272', 'name', 'Mira Tal'],
  ['S-237', 'S-273', 'givenName', 'Mira'],
  ['S-238', 'S-274', 'middleName', 'Rut'],
  ['S-239', 'S-275', 'familyName', 'Tal'],
  ['S-240', 'S-276', 'email', mira.loginId],
  ['S-241', 'S-277', 'emailDomain', 'acme.example'],
  ['S-242', 'S-278', 'phone', '+15550100'],
  ['S-243', 'S-279', 'verifiedEmail', true],
  ['S-244', 'S-280', 'verifiedPhone', true],
  [
    'S-245',
    'S-281',
    'userTenants',
    [
      {
        tenantId: acme,
        tenantName: 'Acme',
        roleNames: ['Book Keeper', 'Contact Reader', 'Contact Editor'],
        permissions: ['invoices.read', 'invoices.send', 'contacts.view', 'contacts.edit'],
      },
      { tenantId: globex, tenantName: 'Globex', roleNames: [], permissions: [] },
    ],
  ],
  ['S-246', 'S-282', 'picture', 'https://acme.example/mira.png'],
  ['S-247', 'S-283', 'status', 'active'],
  ['S-248', 'S-284', 'tenantNames', ['Acme', 'Globex']],
  ['S-249', 'S-285', 'tenantIds', [acme, globex]],
  ['S-250', 'S-286', 'tenant.roles', ['Book Keeper', 'Contact Reader', 'Contact Editor']],
  ['S-251', 'S-287', 'fingerprint.knownDevice', true],
  ['S-252', 'S-288', 'test', true],
  ['S-253', 'S-289', 'lastAuth.country', 'IL'],
  ['S-254', 'S-290', 'lastAuth.countries', ['IL', 'NO']],
  ['S-255', 'S-291', 'lastAuth.city', 'Haifa'],
  ['S-256', 'S-292', 'lastAuth.cities', ['Haifa', 'Oslo']],
  ['S-257', 'S-293', 'lastAuth.ip', '192.0.2.7'],
  ['S-258', 'S-294', 'lastAuth.ips', ['192.0.2.7', '198.51.100.1']],
  ['S-259', 'S-295', 'lastAuth.time', now + 3600],
  ['S-260', 'S-296', 'password', true],
  ['S-261', 'S-297', 'totp', true],
  ['S-262', 'S-298', 'project.roles', ['Staff', 'Contact Reader', 'Contact Editor', 'Book Keeper']],
  [
    'S-263',
    'S-299',
    'project.permissions',
    ['project.read', 'contacts.view', 'contacts.edit', 'invoices.read', 'invoices.send'],
  ],
  ['S-264', 'S-300', 'saml', false],
  ['S-265', 'S-301', 'webauthn', false],
  ['S-267', 'S-302', 'customAttributes.dob', '1991-04-30'],
]

describe('keys of a user', () => {
  it.each(userKeys)('%s: user key, %s: unauthUser key %s (S-233, S-269)', async (_row, _other, key, expected) => {
    const idp = await preparedIdp()
    const run = await values(idp)
    expect(run.value(`user.${key}`)).toEqual(expected)
    const before = await idp.flows.run('sign-up-or-in', { device, tenant: acme, form: { email: mira.loginId } })
    expect(before.value(`unauthUser.${key}`)).toEqual(expected)
    expect(before.value(`user.${key}`)).toBeUndefined()
    const nobody = await idp.flows.run('sign-up-or-in', { form: { email: 'nobody@acme.example' } })
    expect(nobody.value(`unauthUser.${key}`)).toBeUndefined()
  })

  it('tells the plain defaults of a user who never signed in (S-243, S-250, S-251, S-252, S-259, S-260, S-261)', async () => {
    const run = await fixedIdp().flows.run('sign-up-or-in', { form: { email: noa.loginId } })
    const keys = ['verifiedEmail', 'fingerprint.knownDevice', 'test', 'password', 'totp', 'saml', 'webauthn']
    expect(keys.map((key) => run.value(`unauthUser.${key}`))).toEqual(keys.map(() => false))
    expect(run.value('unauthUser.tenant.roles')).toEqual([])
    const missing = ['phone', 'lastAuth.time', 'lastAuth.country', 'lastAuth.ips', 'customAttributes.dob']
    expect(missing.map((key) => run.value(`unauthUser.${key}`))).toEqual(missing.map(() => undefined))
  })

  it('user.loggedIn is false without a session and true with one (S-266)', async () => {
    const idp = fixedIdp()
    const { id } = await idp.sessions.create(mira.loginId)
    expect((await idp.flows.run('sign-up-or-in')).value('user.loggedIn')).toBe(false)
    const run = await idp.flows.run('sign-up-or-in', { sessionId: id })
    expect([run.status, run.value('user.loggedIn')]).toEqual(['completed', true])
  })

  it('user.* is read again at each access (S-233, 4.6)', async () => {
    const idp = fixedIdp()
    const run = await values(idp)
    idp.users.update(mira.id, { name: 'Somebody Else' })
    expect(run.value('user.name')).toBe('Somebody Else')
    expect(run.value('user.customAttributes.unknown')).toBeUndefined()
  })

  it('unauthUser is found by e-mail, telephone and tenant (S-306, S-307, S-308, S-309)', async () => {
    const { flows } = fixedIdp()
    const byMail = await flows.run('sign-up-or-in', { form: { email: 'MIRA@ACME.example' } })
    expect([byMail.value('unauthUser.userId'), byMail.value('unauthUser.byEmail.userId')]).toEqual([mira.id, mira.id])
    const byHint = await flows.run('sign-up-or-in', { loginHint: mira.loginId })
    expect(byHint.value('unauthUser.name')).toBe('Mira Tal')
    const byPhone = await flows.run('sign-up-or-in', { form: { phone: '+15550100' } })
    expect([byPhone.value('unauthUser.userId'), byPhone.value('unauthUser.byPhone.name')]).toEqual([
      undefined,
      'Mira Tal',
    ])
    const form = { email: noa.loginId }
    const member = await flows.run('sign-up-or-in', { form, tenant: 'globex.example' })
    expect(member.value('unauthUser.byTenant.userId')).toBe(noa.id)
    const byDomain = await flows.run('sign-up-or-in', { form: { ...form, tenantDomain: 'globex.example' } })
    expect(byDomain.value('unauthUser.byTenant.userId')).toBe(noa.id)
    const stranger = await flows.run('sign-up-or-in', { form, tenant: acme })
    expect(stranger.value('unauthUser.byTenant.userId')).toBeUndefined()
  })
})

describe('keys of the authentication', () => {
  it.each<[row: string, key: string, expected: unknown]>([
    ['S-311', 'authInfo.sessionJwt', expect.stringMatching(/^ey/)],
    ['S-312', 'authInfo.refreshJwt', expect.stringMatching(/^ey/)],
    ['S-313', 'authInfo.cookieDomain', 'login.example'],
    ['S-314', 'authInfo.cookiePath', '/'],
    ['S-315', 'authInfo.cookieMaxAge', 2_419_200],
    ['S-316', 'authInfo.cookieExpiration', now + 3600 + 2_419_200],
    ['S-317', 'authInfo.firstSeen', false],
    ['S-374', 'jwtClaims.amr', ['pwd']],
    ['S-375', 'jwtClaims.drn', 'DS'],
    ['S-376', 'jwtClaims.exp', now + 3600 + 600],
    ['S-377', 'jwtClaims.iss', `http://127.0.0.1:4455/${demoProject.projectId}`],
    ['S-378', 'jwtClaims.sub', mira.id],
    ['S-380', 'jwtClaims.iat', now + 3600],
    ['S-373', 'jwtClaims.dob', '1991-04-30'],
  ])('%s: %s, missing before (S-310, S-372)', async (_row, key, expected) => {
    const idp = await preparedIdp()
    expect((await values(idp)).value(key)).toEqual(expected)
    expect((await idp.flows.run('sign-up-or-in')).value(key)).toBeUndefined()
  })
})

describe('keys of device, page and risk', () => {
  it.each<[row: string, key: string, expected: unknown, without: unknown]>([
    ['S-320', 'device.location.scheme', 'https', undefined],
    ['S-321', 'device.location.uri', device.url, undefined],
    ['S-322', 'device.location.hostname', 'login.example', undefined],
    ['S-323', 'device.location.port', '8443', undefined],
    ['S-324', 'device.location.path', '/page/a', undefined],
    ['S-325', 'device.location.rawQuery', 'x=1&x=2&y=3', undefined],
    ['S-326', 'device.location.fragment', 'part', undefined],
    ['S-327', 'device.location.query', { x: '2', y: '3' }, undefined],
    ['S-328', 'device.webAuthnSupport', true, false],
    ['S-356', 'riskInfo.botDetected', true, false],
    ['S-357', 'riskInfo.riskScore', 0.4, 0],
    ['S-358', 'riskInfo.trustedDevice', true, false],
    ['S-362', 'userAgent.mobile', true, undefined],
    ['S-363', 'userAgent.desktop', false, undefined],
    ['S-364', 'userAgent.device', 'iPhone', undefined],
    ['S-365', 'userAgent.raw', iPhone, undefined],
    ['S-366', 'userAgent.name', 'Safari', undefined],
    ['S-367', 'userAgent.os', 'iOS', undefined],
    ['S-368', 'userAgent.osVersion', '18.2', undefined],
    ['S-369', 'userAgent.tablet', false, undefined],
  ])('%s: %s, and without it (S-319, S-354, S-361)', async (_row, key, expected, without) => {
    const idp = await preparedIdp()
    expect((await values(idp)).value(key)).toEqual(expected)
    expect((await idp.flows.run('sign-up-or-in')).value(key)).toEqual(without)
  })

  it('reads desktop, tablet and bot headers (S-363, S-364, S-369, S-370)', async () => {
    const { flows } = fixedIdp()
    const of = async (userAgent: string) =>
      (await flows.run('sign-up-or-in', { device: { userAgent } })).value('userAgent')
    expect(await of(desktop)).toEqual({
      raw: desktop,
      desktop: true,
      mobile: false,
      tablet: false,
      name: 'Chrome',
      os: 'Linux',
    })
    expect(await of('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/133.0')).toMatchObject({
      desktop: true,
      name: 'Firefox',
      os: 'Windows',
      osVersion: '10.0',
    })
    expect(await of('Mozilla/5.0 (Linux; Android 15; Pixel Tablet) Chrome/131.0 Safari/537')).toMatchObject({
      tablet: true,
      mobile: false,
      desktop: false,
      device: 'Pixel Tablet',
      osVersion: '15',
    })
    expect(
      await of('Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1'),
    ).toMatchObject({ tablet: true, mobile: false, desktop: false, device: 'iPad', os: 'iOS', osVersion: '17.5' })
    expect(await of('Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/131.0 Mobile Safari/537')).toMatchObject({
      tablet: false,
      mobile: true,
      device: 'Pixel 9',
    })
    const bot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
    expect(await of(bot)).toMatchObject({ url: 'http://www.google.com/bot.html', desktop: false })
    expect(await of('Mozilla/5.0 (X11; Linux x86_64) like https://www.example/ Chrome/131')).toMatchObject({
      url: undefined,
    })
  })

  it('finds travel impossible by distance and time (S-359)', async () => {
    const idp = await preparedIdp()
    const steps = { screens: [{ input: signIn }], device }
    // The last login was in Oslo an hour ago.
    const fast = await idp.flows.run('step_up', {
      sessionId: idp.sessions.list()[0]?.id ?? '',
      device,
      risk: { geo: haifa },
    })
    expect(fast.value('riskInfo.impossibleTravel')).toBe(true)
    idp.clock.advance(6 * 3600)
    const slow = await idp.flows.run('step_up', {
      sessionId: idp.sessions.list()[0]?.id ?? '',
      device,
      risk: { geo: haifa },
    })
    expect(slow.value('riskInfo.impossibleTravel')).toBe(false)
    expect((await idp.flows.run('sign-up-or-in', steps)).value('riskInfo.impossibleTravel')).toBe(false)
  })

  it('asks the risk provider of the test (S-354)', async () => {
    const { flows } = fixedIdp()
    const none = await flows.run('sign-up-or-in')
    expect([none.value('riskInfo'), none.value('geo')]).toEqual([
      { botDetected: false, riskScore: 0, trustedDevice: false, impossibleTravel: false },
      undefined,
    ])
    flows.setRiskProvider(({ ip }) => ({ riskScore: ip === '192.0.2.7' ? 1 : 0.5, botDetected: true, geo: oslo }))
    const run = await flows.run('sign-up-or-in', { device })
    expect([run.value('riskInfo.riskScore'), run.value('riskInfo.botDetected'), run.value('geo')]).toEqual([
      1,
      true,
      oslo,
    ])
    expect((await flows.run('sign-up-or-in')).value('riskInfo.riskScore')).toBe(0.5)
    flows.setRiskProvider(undefined)
    expect((await flows.run('sign-up-or-in', { device })).value('riskInfo.riskScore')).toBe(0)
  })

  it('gives the default port of the scheme (S-323), and no fragment that the page did not send (S-326)', async () => {
    const run = await fixedIdp().flows.run('sign-up-or-in', { device: { url: 'https://login.example/' } })
    expect([run.value('device.location.port'), run.value('device.location.fragment')]).toEqual(['443', undefined])
    const plain = await fixedIdp().flows.run('sign-up-or-in', { device: { url: 'http://login.example/' } })
    expect(plain.value('device.location.port')).toBe('80')
  })

  const looking: FlowDefinition = {
    id: 'looking',
    start: 'look',
    nodes: {
      look: {
        kind: 'scriptlet',
        fn: 'look',
        args: { device: { dynamic: 'device' }, userAgent: { dynamic: 'userAgent' } },
        next: 'ask',
      },
      ask: { kind: 'screen', buttons: [{ id: 'go', label: 'Go', next: 'done' }] },
      done: { kind: 'end', outcome: 'success' },
    },
  }

  function lookingIdp(config: MockIdpConfig = {}) {
    const seen: { device?: Record<string, unknown>; userAgent?: Record<string, unknown> }[] = []
    const scriptlets = { look: (args: object) => seen.push(args) }
    return { seen, idp: fixedIdp({ ...config, flows: [looking], scriptlets }) }
  }

  it('fills device and userAgent from address and header of the hosted page (S-319, S-361)', async () => {
    const { idp, seen } = lookingIdp({ origin: 'https://login.example' })
    const path = `/login/${idp.projectId}`
    await get(idp, `${path}?flow=looking&x=1&x=2`, { 'user-agent': desktop })
    await get(idp, `${path}?flow=looking`)
    expect(seen).toEqual([
      {
        device: {
          webAuthnSupport: false,
          location: {
            scheme: 'https',
            uri: `https://login.example${path}?flow=looking&x=1&x=2`,
            hostname: 'login.example',
            port: '443',
            path,
            rawQuery: 'flow=looking&x=1&x=2',
            query: { flow: 'looking', x: '2' },
          },
        },
        userAgent: expect.objectContaining({ raw: desktop, name: 'Chrome', desktop: true }),
      },
      { device: expect.objectContaining({ webAuthnSupport: false }) },
    ])
  })

  it('takes address and abilities that a self-hosted page reports, fragment included (S-319, S-326, S-328)', async () => {
    const { idp, seen } = lookingIdp()
    const start = (options: object) =>
      idp.fetch(
        new Request(new URL('/v1/flow/start', idp.origin), {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': iPhone },
          body: JSON.stringify({ flowId: 'looking', options }),
        }),
      )
    await start({ location: 'https://app.example/sign-in#here', deviceInfo: { webAuthnSupport: true } })
    await start({ deviceInfo: { webAuthnSupport: 'yes' } })
    expect(seen).toMatchObject([
      {
        device: { webAuthnSupport: true, location: { uri: 'https://app.example/sign-in#here', fragment: 'here' } },
        userAgent: { raw: iPhone, mobile: true },
      },
      { device: { webAuthnSupport: false, location: { path: '/v1/flow/start' } } },
    ])
  })
})

describe('keys of form', () => {
  it.each<[row: string, name: string, entered: unknown, expected: unknown]>([
    ['S-331', 'email', ' Dana@Acme.EXAMPLE ', 'Dana@acme.example'],
    ['S-333', 'phone', '+1 555 0100', '+15550100'],
    ['S-334', 'photo', 'data:image/png;base64,AAAA', 'data:image/png;base64,AAAA'],
    ['S-335', 'invitees', ['a@acme.example'], ['a@acme.example']],
    ['S-336', 'externalId', 'dana', 'dana'],
    ['S-337', 'fullName', 'Dana Levi', 'Dana Levi'],
    ['S-338', 'firstName', 'Dana', 'Dana'],
    ['S-339', 'lastName', 'Levi', 'Levi'],
    ['S-340', 'tenantDomain', 'acme.example', 'acme.example'],
    ['S-341', 'middleName', 'Rut', 'Rut'],
    ['S-342', 'selfProvisionDomains', ['acme.example'], ['acme.example']],
    ['S-343', 'impersonateId', noa.id, noa.id],
    ['S-344', 'entityId', 'urn:acme', 'urn:acme'],
    ['S-345', 'tenantName', 'Acme', 'Acme'],
    ['S-346', 'idpCert', 'MIIB', 'MIIB'],
    ['S-347', 'idpMetadataURL', 'https://idp.example/metadata', 'https://idp.example/metadata'],
    ['S-348', 'idpURL', 'https://idp.example', 'https://idp.example'],
    ['S-349', 'displayName', 'Dana L.', 'Dana L.'],
    ['S-350', 'givenName', 'Dana', 'Dana'],
    ['S-351', 'familyName', 'Levi', 'Levi'],
    ['S-352', 'trustThisDevice', 'on', true],
  ])('%s: form.%s of a screen, missing before (S-330)', async (_row, name, entered, expected) => {
    const types: Record<string, 'email' | 'phone' | 'checkbox'> = {
      email: 'email',
      phone: 'phone',
      trustThisDevice: 'checkbox',
    }
    const idp = fixedIdp({
      flows: [
        {
          id: 'ask',
          start: 'screen',
          nodes: {
            screen: {
              kind: 'screen',
              fields: [{ name, type: types[name] ?? 'text' }],
              buttons: [{ id: 'go', label: 'Go', next: 'done' }],
            },
            done: { kind: 'end', outcome: 'success' },
          },
        },
      ],
    })
    expect((await idp.flows.run('ask')).value(`form.${name}`)).toBeUndefined()
    const run = await idp.flows.run('ask', { screens: [{ input: { [name]: entered } }] })
    expect([run.status, run.value(`form.${name}`)]).toEqual(['completed', expected])
  })

  it('derives form.emailDomain from form.email (S-332), and takes login_hint as form.externalId (S-330, S-336)', async () => {
    const { flows } = fixedIdp()
    const run = await flows.run('sign-up-or-in', { form: { email: 'dana@Acme.example' } })
    expect(run.value('form.emailDomain')).toBe('acme.example')
    expect((await flows.run('sign-up-or-in')).value('form.emailDomain')).toBeUndefined()
    const hinted = await flows.run('sign-up-or-in', { loginHint: noa.loginId })
    expect([hinted.value('form.externalId'), hinted.value('form.email')]).toEqual([noa.loginId, noa.loginId])
  })
})

describe('other roots', () => {
  it('one resolver serves conditions, arguments, connectors, screens and claims (S-228)', async () => {
    const key = 'client.word'
    const seen: string[] = []
    const idp = fixedIdp({
      scriptlets: { echo: ({ word }) => word },
      flows: [
        {
          id: 'everywhere',
          start: 'look',
          nodes: {
            look: {
              kind: 'condition',
              rules: [{ all: [{ key, op: 'equal', value: 'teal' }], next: 'call' }],
              else: 'no',
            },
            call: {
              kind: 'connector',
              connector: 'people-api',
              contextKey: 'r',
              endpoint: '/{{client.word}}',
              next: 'script',
            },
            script: { kind: 'scriptlet', fn: 'echo', args: { word: { dynamic: key } }, next: 'claim' },
            claim: {
              kind: 'action',
              action: 'custom-claims',
              claims: [{ key: 'word', type: 'dynamic', value: key }],
              next: 'ask',
            },
            ask: {
              kind: 'screen',
              fields: [{ name: 'word', type: 'text', default: '{{client.word}}' }],
              buttons: [{ id: 'go', label: 'Go', next: 'no' }],
            },
            no: { kind: 'end', outcome: 'success' },
          },
        },
      ],
    })
    idp.connectors.stub('people-api', ({ url }) => seen.push(url))
    const run = await idp.flows.run('everywhere', { client: { word: 'teal' } })
    expect([
      seen[0]?.endsWith('/teal'),
      run.value('scripts.scriptletResult'),
      run.claims.word,
      run.value('form.word'),
    ]).toEqual([true, 'teal', 'teal', 'teal'])
  })

  it('ssoAppID names the application of the login, empty without one (S-065)', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'crm', name: 'CRM' }] })
    expect((await idp.flows.run('sign-up-or-in')).value('ssoAppID')).toBe('')
    const run = await idp.flows.run('sign-up-or-in', { ssoAppId: 'crm' })
    expect([run.value('ssoAppID'), run.value('ssoAppId')]).toEqual(['crm', 'crm'])
  })

  it('client, tenant, flow and geo are there (4.6)', async () => {
    const idp = await preparedIdp()
    const run = await values(idp)
    expect(run.value('client.color')).toBe('teal')
    expect(run.value('tenant')).toMatchObject({ id: acme, name: 'Acme', domains: ['acme.example'] })
    expect(run.value('flow')).toEqual({
      id: 'sign-up-or-in',
      executionId: run.executionId,
      version: 1,
      startedAt: now + 3600,
    })
    expect(run.value('geo.country')).toBe('IL')
  })

  it('an unknown root is missing and warns once per run (S-385)', async () => {
    const { flows } = fixedIdp()
    const run = await flows.run('sign-up-or-in')
    expect([run.value('weather.today'), run.value('weather.tomorrow')]).toEqual([undefined, undefined])
    const warnings = flows.logs(run.executionId)?.filter(({ kind }) => kind === 'value.unknownRoot')
    expect(warnings).toMatchObject([{ level: 'warn', data: { root: 'weather' } }])
  })

  it('reads own properties only, indexes of arrays, and dots behind a backslash (S-028, 4.6)', async () => {
    const idp = fixedIdp()
    const run = await idp.flows.run('sign-up-or-in', { client: { 'a.b': 1, list: ['x', { y: 2 }] } })
    expect(run.value('client.a\\.b')).toBe(1)
    expect([run.value('client.list.0'), run.value('client.list.1.y')]).toEqual(['x', 2])
    for (const path of ['client.constructor', 'client.list.length', '', 'client..list', `client${'.a'.repeat(20)}`]) {
      expect(run.value(path)).toBeUndefined()
    }
  })

  it('thirdPartyApp tells the inbound application and whether its consent is complete (4.6)', async () => {
    const { partner } = demoProject
    const seen: unknown[] = []
    const idp = fixedIdp({
      scriptlets: { look: (args) => seen.push(args) },
      flows: [
        {
          id: 'look',
          start: 'login',
          nodes: {
            login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'look' },
            look: { kind: 'scriptlet', fn: 'look', args: { app: { dynamic: 'thirdPartyApp' } }, next: 'done' },
            done: { kind: 'end', outcome: 'success' },
          },
        },
      ],
    })
    const url = authorizeUrl(idp, { client_id: partner.clientId, scope: 'openid birthday', flow: 'look' }, 'inbound')
    const callback = await idp.driver.login(url, { user: mira.loginId })
    expect(callback.searchParams.get('error_description')).toBe('consent_missing')
    expect(seen).toMatchObject([
      {
        app: {
          id: partner.appId,
          name: 'Demo Partner',
          scopes: ['openid', 'birthday'],
          mandatoryScopes: ['contacts.read'],
          user: { consented: false, consentedScopes: [] },
        },
      },
    ])
    expect((await idp.flows.run('sign-up-or-in')).value('thirdPartyApp')).toBeUndefined()
  })
})
