import type { FlowDefinition, FlowRunInputs, MockIdp, MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { fixedIdp, get, mira, noa, post } from '../support/relying-party.ts'

const now = Date.UTC(2026, 0, 1) / 1000
const day = 24 * 3600
const device = { id: 'device-1' }
const oslo = { country: 'NO', city: 'Oslo', latitude: 59.9, longitude: 10.8 }
const bergen = { country: 'NO', city: 'Bergen', latitude: 60.4, longitude: 5.3 }
const haifa = { country: 'IL', city: 'Haifa', latitude: 32.8, longitude: 35 }

/** Signs Mira in and reads keys before the login is written down. */
const reading = (...keys: string[]): FlowDefinition => ({
  id: 'reading',
  start: 'login',
  nodes: {
    login: {
      kind: 'action',
      action: 'password-auth',
      args: { mode: 'sign-in', loginId: mira.loginId, password: mira.password },
      next: 'done',
    },
    done: {
      kind: 'end',
      outcome: 'success',
      output: Object.fromEntries(keys.map((key, index) => [`v${index}`, { dynamic: key }])),
    },
  },
})

const idpReading = (keys: string[], config: MockIdpConfig = {}): MockIdp =>
  fixedIdp({ ...config, flows: [reading(...keys), ...(config.flows ?? [])] })

const login = async (idp: MockIdp, inputs: FlowRunInputs = {}) =>
  Object.values((await idp.flows.run('reading', inputs)).output ?? {})

const before = async (idp: MockIdp, key: string, email = mira.loginId, inputs: FlowRunInputs = {}) =>
  (await idp.flows.run('sign-up-or-in', { ...inputs, form: { email } })).value(`unauthUser.${key}`)

describe('lastAuth', () => {
  it('time is that of the login before the current one, in seconds (S-259, S-295, S-305)', async () => {
    const idp = idpReading(['user.lastAuth.time'])
    expect(await login(idp)).toEqual([])
    idp.clock.advance(60)
    expect(await login(idp)).toEqual([now])
    expect(await before(idp, 'lastAuth.time')).toBe(now + 60)
    expect(await before(idp, 'lastAuth.time', noa.loginId)).toBeUndefined()
  })

  it('country, city and ip are those of the login before, too (S-253, S-255, S-257, S-289, S-291, S-293)', async () => {
    const keys = ['country', 'city', 'ip']
    const idp = idpReading(keys.map((key) => `user.lastAuth.${key}`))
    expect(await login(idp, { device: { ip: '192.0.2.1' }, risk: { geo: oslo } })).toEqual([])
    const second = { device: { ip: '192.0.2.2' }, risk: { geo: haifa } }
    expect(await login(idp, second)).toEqual(['NO', 'Oslo', '192.0.2.1'])
    const seen = await Promise.all(keys.map((key) => before(idp, `lastAuth.${key}`)))
    expect(seen).toEqual(['IL', 'Haifa', '192.0.2.2'])
  })

  it('keeps the newest ten, newest first (S-254, S-256, S-258, S-290, S-292, S-294)', async () => {
    const names = ['countries', 'cities', 'ips']
    const idp = idpReading(names.map((name) => `user.lastAuth.${name}`))
    const numbers = Array.from({ length: 12 }, (_, index) => index)
    for (const n of numbers) {
      await login(idp, { device: { ip: `192.0.2.${n}` }, risk: { geo: { country: `C${n}`, city: `City ${n}` } } })
    }
    const ten = numbers.slice(2).reverse()
    const expected = [ten.map((n) => `C${n}`), ten.map((n) => `City ${n}`), ten.map((n) => `192.0.2.${n}`)]
    expect(await login(idp)).toEqual(expected)
    // That login told neither place nor address, and pushed the oldest one out.
    const after = await Promise.all(names.map((name) => before(idp, `lastAuth.${name}`)))
    expect(after).toEqual(expected.map((list) => list.slice(0, 9)))
  })

  it('a run that failed is no login (S-259, S-295)', async () => {
    const idp = fixedIdp()
    await idp.flows.run('sign-up-or-in', { screens: [{ input: { ...mira, password: 'x' } }], device })
    expect([await before(idp, 'lastAuth.time'), await before(idp, 'password')]).toEqual([undefined, false])
  })
})

describe('known devices', () => {
  it('a device is known to its user from the login after on, and to nobody else (S-251, S-287)', async () => {
    const idp = idpReading(['user.fingerprint.knownDevice'])
    const key = 'fingerprint.knownDevice'
    expect(await before(idp, key, mira.loginId, { device })).toBe(false)
    expect(await login(idp, { device })).toEqual([false])
    expect(await login(idp, { device })).toEqual([true])
    expect(await login(idp, { device: { id: 'device-2' } })).toEqual([false])
    expect(await login(idp)).toEqual([false])
    expect(await before(idp, key, mira.loginId, { device })).toBe(true)
    expect(await before(idp, key, mira.loginId, { device: { id: 'device-3' } })).toBe(false)
    expect(await before(idp, key, noa.loginId, { device })).toBe(false)
  })

  const look: FlowDefinition = {
    id: 'look',
    start: 'ask',
    nodes: {
      ask: {
        kind: 'screen',
        text: 'Known: {{unauthUser.fingerprint.knownDevice}}',
        fields: [{ name: 'email', type: 'email' }],
        buttons: [{ id: 'again', label: 'Again', next: 'ask' }],
      },
    },
  }

  it('the hosted page knows a browser by its cookie (S-251, S-287)', async () => {
    const idp = fixedIdp({ flows: [look] })
    const open = async (flow: string, cookie: string) => {
      const response = await get(idp, `/login/${idp.projectId}?flow=${flow}`, { cookie, accept: 'text/html' })
      const html = await response.text()
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
      const hidden = { executionId: field('executionId'), stepId: field('stepId'), csrf: field('csrf') }
      const own = response.headers.getSetCookie().map((one) => one.split(';')[0])
      const cookies = [cookie, ...own].filter((one) => one !== '').join('; ')
      return (fields: Record<string, string>) =>
        post(idp, `/login/${idp.projectId}`, { ...hidden, ...fields }, { cookie: cookies, accept: 'text/html' })
    }
    const known = async (cookie: string) =>
      /Known: (\w+)/.exec(await (await (await open('look', cookie))({ email: mira.loginId })).text())?.[1]
    expect(await known('')).toBe('false')
    const signedIn = await (await open('sign-up-or-in', ''))({ loginId: mira.loginId, password: mira.password })
    const kept = signedIn.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
    const deviceCookie = kept.find((one) => one.startsWith('mock_device=')) ?? ''
    expect(await known(deviceCookie)).toBe('true')
    expect(await known('mock_device=another')).toBe('false')
  })

  it('the JSON API of flows knows a browser by the same cookie (S-251)', async () => {
    const idp = idpReading(['user.fingerprint.knownDevice'])
    const run = async (cookie: string) => {
      const headers = { 'content-type': 'application/json', cookie }
      const url = new URL('/v1/flow/start', idp.origin)
      const response = await idp.fetch(
        new Request(url, { method: 'POST', headers, body: JSON.stringify({ flowId: 'reading' }) }),
      )
      const kept = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '')
      const { output } = (await response.json()) as { output: { v0: boolean } }
      return { known: output.v0, cookie: kept.find((one) => one.startsWith('mock_device=')) ?? '' }
    }
    const first = await run('')
    expect(first.known).toBe(false)
    expect((await run(first.cookie)).known).toBe(true)
    expect((await run('')).known).toBe(false)
  })
})

describe('trusted devices', () => {
  const key = 'riskInfo.trustedDevice'
  const trusting = { device, form: { trustThisDevice: true } }

  it('are marked at a successful end, for 30 days, for that device and user (S-352, S-358)', async () => {
    const idp = idpReading([key])
    expect(await login(idp, { device })).toEqual([false])
    expect(await login(idp, trusting)).toEqual([false])
    expect(await login(idp, { device })).toEqual([true])
    expect(await login(idp, { device: { id: 'device-2' } })).toEqual([false])
    expect(await login(idp)).toEqual([false])
    const other = await idp.flows.run('sign-up-or-in', { screens: [{ input: { ...noa } }], device })
    expect(other.value(key)).toBe(false)
    idp.clock.advance(30 * day - 1)
    expect(await login(idp, { device })).toEqual([true])
    idp.clock.advance(1)
    expect(await login(idp, { device })).toEqual([false])
  })

  it.each([false, undefined])('are not marked when the box says %s (S-352)', async (trustThisDevice) => {
    const idp = idpReading([key])
    await login(idp, { device, form: { trustThisDevice } })
    expect(await login(idp, { device })).toEqual([false])
  })

  it('are not marked by a run that fails (S-352)', async () => {
    const failing: FlowDefinition = {
      id: 'failing',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'no' },
        no: { kind: 'end', outcome: 'failure', message: 'No.' },
      },
    }
    const idp = idpReading([key], { flows: [failing] })
    expect((await idp.flows.run('failing', { screens: [{ input: { ...mira } }], ...trusting })).status).toBe('failed')
    expect(await login(idp, { device })).toEqual([false])
  })
})

describe('impossible travel', () => {
  const key = 'riskInfo.impossibleTravel'
  const from = async (hours: number, here: object, there: object = oslo) => {
    const idp = idpReading([key])
    expect(await login(idp, { risk: { geo: there } })).toEqual([false])
    idp.clock.advance(hours * 3600)
    return (await login(idp, { risk: { geo: here } }))[0]
  }

  it('is a way to another country that takes more than 900 km/h (S-359)', async () => {
    // A quarter of the way round the earth, 10,008 km: 11 hours and 7 minutes.
    const [gabon, maldives] = [
      { country: 'GA', latitude: 0, longitude: 0 },
      { country: 'MV', latitude: 0, longitude: 90 },
    ]
    expect(await from(11, maldives, gabon)).toBe(true)
    expect(await from(11.25, maldives, gabon)).toBe(false)
    expect(await from(1, haifa)).toBe(true)
  })

  it('is not said of one country, nor of an unknown place (S-359)', async () => {
    expect(await from(0, bergen)).toBe(false)
    expect(await from(0, { ...bergen, country: 'SE' })).toBe(true)
    expect(await from(0, { country: 'IL' })).toBe(false)
    expect(await from(0, haifa, { country: 'NO' })).toBe(false)
  })
})
