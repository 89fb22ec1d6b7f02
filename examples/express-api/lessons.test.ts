import { createTokenSource } from '@countersign/core/agent'
import { descopeAgent } from '@countersign/core/descope'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { signIn } from '@countersign/mock-idp/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { showLessons } from './lessons.ts'
import { startApi } from './server.ts'

const { projectId, spa, partner, agent, users } = demoProject

/** A provider and the API, both behind HTTP, and tokens that real logins and token requests give. */
async function setUp() {
  const { idp, url: baseUrl, ...provider } = await startMockIdp()
  const api = await startApi({ projectId, baseUrl, origins: [], port: 0 })
  onTestFinished(async () => {
    await Promise.all([api.close(), provider.close()])
  })
  const { clientId, clientSecret } = agent
  const call = (path: string, token?: string, body?: object) =>
    fetch(api.url + path, {
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
  return {
    idp,
    call,
    asUser: async (client: string, scope: string, consent: readonly string[] = []) =>
      (await signIn(idp, { client, scope: `openid ${scope}`, user: users.mira.loginId, consent })).accessToken,
    asAgent: async (scope: string) => {
      const preset = descopeAgent({ kind: 'inbound', projectId, baseUrl, clientId, clientSecret })
      const tokens = createTokenSource({ ...preset, scope })
      return { token: await tokens.getAccessToken(), scopes: tokens.scopes() }
    },
  }
}

const challenge = (response: Response) => response.headers.get('www-authenticate')
const contact = { name: 'Sol Reyes', company: 'Fern & Co', email: 'sol@fern.example' }

describe('lesson 1, scopes', () => {
  test('only a token with contacts.read reads contacts (S-388, S-430, S-431, S-432)', async () => {
    const { call, asUser } = await setUp()
    const refused = await call('/contacts', await asUser(spa.clientId, 'billing.read'))
    expect(refused.status).toBe(403)
    expect(challenge(refused)).toMatch(/error="insufficient_scope".*scope="contacts\.read"/)
    const allowed = await call('/contacts', await asUser(spa.clientId, 'contacts.read'))
    expect([allowed.status, (await allowed.json()).length]).toEqual([200, 4])
  })

  test('no token is asked for one, without an error code (S-430)', async () => {
    const { call } = await setUp()
    const response = await call('/contacts')
    expect([response.status, challenge(response)]).toEqual([401, 'Bearer realm="api"'])
  })
})

describe('lesson 2, scopes and roles', () => {
  test('an editor who lets the app write may change contacts (N-11; S-401, S-433, S-434, S-435)', async () => {
    const { call, asUser } = await setUp()
    const token = await asUser(spa.clientId, 'contacts.read contacts.write')
    expect((await call('/contacts', token, contact)).status).toBe(201)
    expect(await (await call('/contacts', token)).json()).toContainEqual(contact)
  })

  test('an editor who lets the app read alone may not, and the scope to ask for is named (S-435)', async () => {
    const { call, asUser } = await setUp()
    const response = await call('/contacts', await asUser(spa.clientId, 'contacts.read'), contact)
    expect(response.status).toBe(403)
    expect(challenge(response)).toContain('scope="contacts.write"')
  })

  test('the scope without the role is not enough, and no scope is named that could help (S-435)', async () => {
    const { call, asAgent } = await setUp()
    const { token, scopes } = await asAgent('contacts.write')
    expect(scopes).toEqual(['contacts.write'])
    const response = await call('/contacts', token, contact)
    expect([response.status, challenge(response)]).toEqual([403, expect.not.stringContaining('scope=')])
  })
})

describe('lesson 3, client credentials', () => {
  test('a client acts for itself, by the same rules, with what it was granted alone (S-389, S-436, S-437)', async () => {
    const { call, asAgent } = await setUp()
    const { token, scopes } = await asAgent('contacts.write billing.read')
    expect(scopes).toEqual(['contacts.write'])
    const imported = await call('/contacts/import', token, contact)
    expect([imported.status, await imported.json()]).toEqual([201, { contacts: 5, by: 'client' }])
    expect(await (await call('/me', token)).json()).toEqual({ id: agent.clientId, type: 'client', scopes })
    expect((await call('/invoices', token)).status).toBe(403)
    expect((await call('/contacts', token)).status).toBe(403)
  })

  test('a user does not get in by the route of clients, however much the user may do (S-436)', async () => {
    const { call, asUser } = await setUp()
    const response = await call('/contacts/import', await asUser(spa.clientId, 'contacts.write'), contact)
    expect([response.status, challenge(response)]).toEqual([403, expect.not.stringContaining('scope=')])
  })
})

describe('lesson 4, filtering', () => {
  const names = async (response: Response) => ((await response.json()) as { name: string }[]).map(({ name }) => name)
  const lines = async (response: Response) =>
    (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  test.each([
    [['files.read_public'], ['handbook.txt', 'price-list.txt']],
    [['files.read_private'], ['salaries.txt']],
    [
      ['files.read_public', 'files.read_private'],
      ['handbook.txt', 'price-list.txt', 'salaries.txt'],
    ],
  ])('a user who grants %j shows these files and no others (S-438, S-439)', async (granted, seen) => {
    const { call, asUser } = await setUp()
    const token = await asUser(partner.clientId, 'files.read_public files.read_private', granted)
    expect(await names(await call('/files', token))).toEqual(seen)
    const streamed = await call('/files.ndjson', token)
    expect(streamed.headers.get('content-type')).toMatch(/^application\/x-ndjson/)
    expect((await lines(streamed)).map(({ name }) => name)).toEqual(seen)
  })

  test('a token for something else is told the least that opens the list (S-438)', async () => {
    const { call, asUser } = await setUp()
    const response = await call('/files', await asUser(spa.clientId, 'contacts.read'))
    expect([response.status, challenge(response)]).toEqual([403, expect.stringMatching(/scope="files\.read_public"$/)])
  })

  test('a nested field is absent without its scope and there with it, and no shared cache mixes the answers (API behaviour 33)', async () => {
    const { idp, call, asUser } = await setUp()
    const token = await asUser(partner.clientId, 'files.read_public', ['files.read_public'])
    const withEmail = await call('/files', token)
    const withoutEmail = await call('/files', await asUser(archive(idp), 'files.read_public'))
    for (const { headers } of [withEmail, withoutEmail]) {
      expect(headers.get('vary')?.split(', ')).toContain('Authorization')
      expect(headers.get('cache-control')).toBe('private, no-store')
    }
    const [row] = await withEmail.json()
    expect(row.reviews[0].reviewer).toEqual({ name: 'Tom Okafor', email: 'tom@harbor.example' })
    const [cut] = await withoutEmail.json()
    expect(cut).toEqual({ ...row, reviews: [{ verdict: 'good', reviewer: { name: 'Tom Okafor' } }] })
  })

  /** An application that reads public files and nothing about people. */
  function archive(idp: MockIdp): string {
    return idp.inboundApps.create({
      name: 'Archive',
      clientType: 'public',
      approvedCallbackUrls: ['http://localhost/callback'],
      permissionsScopes: [{ name: 'files.read_public', description: 'See public files', optional: true }],
      skipConsentScreen: true,
    }).clientId
  }
})

test('the walk through the lessons, on its own, tells the same', async () => {
  const lines: string[] = []
  await showLessons((line) => void lines.push(line))
  const told = lines.join('\n').split(/\n(?=\n)/)
  expect(told.map((lesson) => [...lesson.matchAll(/^ {4}(\d{3}) /gm)].map(([, status]) => Number(status)))).toEqual([
    [401, 403, 200],
    [403, 201, 403],
    [201, 200, 403],
    [403, 200, 200],
  ])
  expect(lines.join('\n')).not.toMatch(/eyJ/)
})
