import { startMockIdp } from '@countersign/mock-idp/node'
import { describe, expect, it } from 'vitest'
import { createConsole } from '../../src/console/console.ts'
import { sections } from '../../src/console/sections.ts'
import { consolePath } from '../../src/console/visit.ts'
import { buildMockIdp } from '../../src/mock-idp.ts'
import { consoleHost, openConsole } from '../support/console.ts'
import { fixedIdp } from '../support/relying-party.ts'

const own = `http://${consoleHost}`

describe('who may use the console (DESIGN 5.39)', () => {
  it.each([
    ['no Origin', {}],
    ['its own Origin', { origin: own }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
    ['a page of its own', { 'sec-fetch-site': 'same-origin' }],
    ['the name 127.0.0.1', { host: '127.0.0.1:4455' }],
    ['IPv6 loopback', { host: '[::1]:4455' }],
  ])('shows a page to a request with %s', async (_, headers) => {
    expect((await openConsole().send('GET', '', headers)).status).toBe(200)
  })

  it.each([
    ['a form of its own', { origin: own, 'sec-fetch-site': 'same-origin' }],
    ['a form of its own under another loopback name', { host: '127.0.0.1:4455', origin: 'http://127.0.0.1:4455' }],
  ])('acts for %s', async (_, headers) => {
    const { send, idp } = openConsole()
    const before = idp.clock.now()
    expect((await send('POST', '/clock/advance', headers, 'seconds=60')).status).toBe(303)
    expect(idp.clock.now()).toBe(before + 60_000)
  })

  it.each([
    ['a foreign Host, as after DNS rebinding', { host: 'attacker.example', origin: 'http://attacker.example' }],
    ['a Host that begins like a loopback one', { host: 'localhost.attacker.example' }],
    ['a foreign Origin', { origin: 'https://attacker.example' }],
    ['a page of another port of this machine', { origin: 'http://localhost:5173' }],
    ['a page of another port that hides its Origin', { 'sec-fetch-site': 'same-site' }],
    ['a page of another site that hides its Origin', { 'sec-fetch-site': 'cross-site' }],
    ['an opaque Origin, as of a sandboxed frame', { origin: 'null' }],
    ['https instead of http as Origin', { origin: `https://${consoleHost}` }],
    ['a proxy in front', { 'x-forwarded-for': '203.0.113.9' }],
  ])(
    'refuses %s with 403, for reading, for acting and for the live line',
    async (_, headers: Record<string, string>) => {
      const { send, idp } = openConsole()
      const before = idp.clock.now()
      for (const path of ['', '/sessions', '/console.js', '/events']) {
        expect((await send('GET', path, headers)).status).toBe(403)
      }
      expect((await send('POST', '/clock/advance', headers, 'seconds=60')).status).toBe(403)
      expect((await send('POST', '/tokens', headers, 'token=x')).status).toBe(403)
      expect(idp.clock.now()).toBe(before)
    },
  )

  it.each([{}, { 'sec-fetch-site': 'same-origin' }])('refuses a form without an Origin, with %j', async (headers) => {
    const { send, idp } = openConsole()
    const before = idp.clock.now()
    const answer = await send('POST', '/clock/advance', headers, 'seconds=60')
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('names its Origin')])
    expect(idp.clock.now()).toBe(before)
  })

  it('refuses a peer that is not of this machine, whatever its headers say', async () => {
    const { idp, runtime } = buildMockIdp({}, { consolePath })
    const console = createConsole(idp, runtime)
    const request = () => new Request('http://localhost:4455/mock/console', { headers: { host: consoleHost } })
    expect((await console(request(), { loopbackPeer: false })).status).toBe(403)
    expect((await console(request(), { loopbackPeer: true })).status).toBe(200)
  })
})

describe('the addresses of the console', () => {
  it('is served by the node server, and linked from the index page there', async () => {
    const { url, consoleUrl, close } = await startMockIdp()
    const page = await fetch(consoleUrl)
    const index = await (await fetch(url)).text()
    await close()
    expect([consoleUrl, page.status]).toEqual([`${url}/mock/console`, 200])
    expect(index).toContain('href="/mock/console"')
  })

  it('is neither there nor linked in process, where the mock itself is at hand', async () => {
    const idp = fixedIdp()
    expect((await idp.fetch(new Request(`${idp.origin}/mock/console`))).status).toBe(404)
    expect(await (await idp.fetch(new Request(idp.origin))).text()).not.toContain('/mock/console')
  })

  it('is not linked for a visitor from elsewhere, whom it would refuse', async () => {
    const { idp } = openConsole()
    const index = async (host: string) => (await idp.fetch(new Request(`${own}/`, { headers: { host } }))).text()
    expect(await index('login.example')).not.toContain('/mock/console')
    expect(await index(consoleHost)).toContain('/mock/console')
  })

  it('has a page for each entry of the navigation, which marks itself', async () => {
    const { show } = openConsole()
    for (const { path, label } of sections) {
      const page = await show(path)
      const [, current = ''] = /aria-current="page">([\s\S]*?)<\/a>/.exec(page) ?? []
      expect(current.replace(/<svg[\s\S]*<\/svg>/, '')).toBe(label)
    }
  })

  it.each(['/nothing', '/requests/mock-999999', '/flows/none', '/runs/none', '/tokens/access/1', '/tokens/other/1'])(
    'answers 404 with a page for %s',
    async (path) => {
      const { status, text } = await openConsole().send('GET', path)
      expect([status, text]).toEqual([404, expect.stringContaining('Nothing here')])
    },
  )

  it.each(['', '/nothing', '/console.css', '/console.js'])('sends strict headers with %j', async (path) => {
    const { headers } = await openConsole().send('GET', path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toContain('unsafe')
    expect([headers.get('x-frame-options'), headers.get('cache-control')]).toEqual(['DENY', 'no-store'])
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('loads nothing from elsewhere and has no inline script or style', async () => {
    const { show } = openConsole()
    for (const { path } of sections) {
      const page = await show(path)
      expect(page).not.toMatch(
        /<script(?![^>]*\bsrc="\/mock\/console\/console\.js")|<style|\sstyle=|\son\w+=|javascript:/,
      )
      expect(page).not.toMatch(/(src|<link[^>]*href)="(https?:)?\/\//)
    }
  })

  it('leaves no trace in the journal', async () => {
    const { show, idp } = openConsole()
    await show('')
    expect(idp.log.entries).toEqual([])
  })
})
