import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { chromiumAdvice, findChromium } from '../../examples/demo/chromium.ts'
import { type DemoProcess, runDemo } from './run-demo.ts'

let demo: DemoProcess | undefined

afterEach(async () => {
  demo?.signal('SIGTERM')
  await demo?.ended
})

const story = [
  'Provider: signs Mira in where the browser runs no script at all',
  ...['React: signs Mira Tal in', 'Vue: signs Noa Ben in'].flatMap((signIn) => {
    const app = signIn.split(':')[0]
    return [
      `${signIn}, and is back at the address where the login began`,
      `${app}: shows the profile, and the roles from the ID token`,
      `${app}: reads contacts from the API, allowed by scope contacts.read`,
      `${app}: is refused invoices, and says that scope billing.read is missing`,
      `${app}: renews the access token with the refresh token, and shows the new expiry`,
      `${app}: signs in a second tab silently, by a hidden frame with prompt=none`,
      `${app}: signs the second tab out with the first one, without a reload`,
    ]
  }),
  'Agent: gets a token by client credentials, reads contacts, is refused invoices',
  'Provider: refuses a revoked access token at userinfo (401 invalid_token)',
  'Provider: refuses a revoked refresh token at the token endpoint (400 invalid_grant)',
]

describe('npm run demo -- --check', () => {
  const missing = findChromium() === undefined
  if (missing) console.warn(`The check of the demo is left out. ${chromiumAdvice}`)

  test.skipIf(missing && process.env.CI !== 'true')(
    'passes every step in Chromium, one line each: login, claims of the ID token, APIs, renewal, silent login, logout (S-042, S-225)',
    async () => {
      demo = runDemo(['--check'])
      expect(await demo.ended, demo.output()).toBe(0)
      const lines = demo.output().trimEnd().split('\n').slice(1)
      expect(lines.map((line) => line.replace(/^ok {2,}\d+\.\d\d s {2}/, '')).slice(0, -1)).toEqual(story)
      expect(lines.at(-1)).toMatch(new RegExp(`^${story.length} steps passed in \\d+\\.\\d\\d s$`))
    },
    90_000,
  )

  test('says what to do where Chromium is missing, and fails', async () => {
    demo = runDemo(['--check'], { CHROMIUM_PATH: '/nowhere/chromium' })
    expect(await demo.ended).toBe(1)
    expect(demo.output()).toContain('apt-get install chromium')
  }, 20_000)

  test('refuses an argument it does not know', async () => {
    demo = runDemo(['--chek'])
    expect(await demo.ended).toBe(2)
    expect(demo.output()).toContain('Unknown argument --chek')
  }, 20_000)
})

test('npm run demo -- --lessons walks through the lessons of the API without a browser, and ends', async () => {
  demo = runDemo(['--lessons'], { CHROMIUM_PATH: '/nowhere/chromium' })
  expect(await demo.ended, demo.output()).toBe(0)
  expect(demo.output().match(/^\d\. .*/gm)).toEqual([
    '1. Scopes',
    '2. Scopes and roles',
    '3. Client credentials',
    '4. Filtering',
  ])
}, 20_000)

describe('npm run demo', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'prints addresses and users, and ends with status 0 on %s',
    async (name) => {
      demo = runDemo([])
      await demo.waitFor('Ctrl-C stops all of it', 30_000)
      for (const text of ['mira@acme.example', 'mira-password', 'got a token for scope contacts.read', 'To try']) {
        expect(demo.output()).toContain(text)
      }
      const urls = addresses(demo.output())
      expect(Object.keys(urls)).toEqual(['React app', 'Vue app', 'API', 'Identity provider'])
      const statusOf = async (url = '') => (await fetch(url)).status
      expect(await statusOf(urls['React app'])).toBe(200)
      expect(await statusOf(urls['Vue app'])).toBe(200)
      expect(await statusOf(urls['Identity provider'])).toBe(200)
      expect(await statusOf(`${urls.API}/contacts`)).toBe(401)

      const asked = performance.now()
      demo.signal(name)
      expect(await demo.ended).toBe(0)
      expect(performance.now() - asked).toBeLessThan(5000)
      for (const url of Object.values(urls)) await expect(fetch(url)).rejects.toThrow('fetch failed')
    },
    60_000,
  )

  test('says which port is taken, and takes another one', async () => {
    const other = createServer().listen(4461, '127.0.0.1')
    // Where another program has the port already, that one will do.
    await once(other, 'listening').catch(() => {})
    try {
      demo = runDemo([])
      await demo.waitFor('Ctrl-C stops all of it', 30_000)
      expect(demo.output()).toMatch(/^Port 4461 is taken, so the demo uses \d+\.$/m)
      const { 'React app': url = '' } = addresses(demo.output())
      expect(url).not.toBe('http://localhost:4461')
      expect((await fetch(url)).status).toBe(200)
    } finally {
      other.close()
    }
  }, 60_000)
})

/** The addresses of the table, by their label. */
function addresses(output: string): Record<string, string> {
  const rows = output.matchAll(/^ {2}(\S[^:]*?) +(http:\/\/localhost:\d+)$/gm)
  return Object.fromEntries([...rows].map(([, label = '', url = '']) => [label, url]))
}
