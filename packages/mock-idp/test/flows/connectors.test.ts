import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import {
  type ConnectorConfig,
  type ConnectorHandler,
  type ConnectorNode,
  type ConnectorStub,
  createMockIdp,
  type FlowDefinition,
  type MockIdpConfig,
} from '@countersign/mock-idp'
import { afterEach, describe, expect, it } from 'vitest'
import { fixedIdp } from '../support/relying-party.ts'

const connector: ConnectorConfig = { id: 'api', name: 'The API', baseUrl: 'https://api.example/base/v2/' }

/** A flow that calls the connector and ends; errors go to a node of their own. */
function flowOf(node: Partial<ConnectorNode> = {}): FlowDefinition {
  return {
    id: 'call',
    start: 'call',
    nodes: {
      call: {
        kind: 'connector',
        connector: 'api',
        contextKey: 'reply',
        next: 'done',
        onError: { mode: 'custom', next: 'failed' },
        ...node,
      },
      failed: { kind: 'end', outcome: 'success', output: { error: { dynamic: 'errors.call' } } },
      done: { kind: 'end', outcome: 'success', output: { reply: { dynamic: 'connectors.reply' } } },
    },
  }
}

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** Runs a call against a stub and gives what was sent and what came of it. */
async function call(
  settings: {
    node?: Partial<ConnectorNode>
    connector?: Partial<ConnectorConfig>
    client?: Record<string, unknown>
    answer?: (request: Request) => unknown
  } = {},
) {
  const idp = fixedIdp({ connectors: [{ ...connector, ...settings.connector }], flows: [flowOf(settings.node)] })
  const sent: Sent[] = []
  idp.connectors.stub('api', async (request) => {
    const { method, url } = request
    sent.push({ method, url, headers: Object.fromEntries(request.headers), body: await request.clone().text() })
    return settings.answer?.(request) ?? { ok: true }
  })
  const run = await idp.flows.run('call', { client: settings.client ?? {} })
  return { idp, run, sent, error: run.output?.error as Record<string, unknown> | undefined }
}

describe('the request of a connector', () => {
  it('is a GET to base URL and endpoint, one slash between, and the reply is kept (S-002, S-015, S-020, S-021, S-027, S-029, S-381, S-383)', async () => {
    const { run, sent } = await call({ node: { endpoint: '/users?a=1', query: { b: '2' } } })
    expect(sent).toMatchObject([{ method: 'GET', url: 'https://api.example/base/v2/users?a=1&b=2' }])
    expect(run.output).toEqual({ reply: { ok: true } })
    expect(run.value('connectors.reply.ok')).toBe(true)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
    '%s sends a JSON body with placeholders filled in (S-003, S-232)',
    async (method) => {
      const body = {
        name: '{{client.name}}',
        text: 'for {{client.name}}, {{client.none}}',
        n: '{{client.n}}',
        gone: '{{client.none}}',
        list: [1],
      }
      const { sent } = await call({ node: { method, body }, client: { name: 'Dana', n: 5 } })
      expect(sent[0]).toMatchObject({ method, headers: { 'content-type': 'application/json' } })
      expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ name: 'Dana', text: 'for Dana, ', n: 5, list: [1] })
    },
  )

  it('percent-encodes placeholders of the endpoint and leaves a missing query value out (S-025, 4.8)', async () => {
    const node = { endpoint: '/users/{{client.id}}', query: { q: '{{client.q}}', none: { dynamic: 'client.none' } } }
    const { sent } = await call({ node, client: { id: '../a b?/', q: 'x&y' } })
    expect(sent[0]?.url).toBe('https://api.example/base/v2/users/..%2Fa%20b%3F%2F?q=x%26y')
  })

  it('takes a leading connectors. of the context key as said once (S-027)', async () => {
    const { run } = await call({ node: { contextKey: 'connectors.reply' } })
    expect(run.value('connectors.reply')).toEqual({ ok: true })
  })

  it.each<[string, Partial<ConnectorConfig>, Record<string, string>]>([
    [
      'bearerToken',
      { authentication: { type: 'bearerToken', token: 'secret-1' } },
      { authorization: 'Bearer secret-1' },
    ],
    [
      'basic',
      { authentication: { type: 'basic', username: 'me', password: 'pw' } },
      { authorization: `Basic ${btoa('me:pw')}` },
    ],
    ['apiKey', { authentication: { type: 'apiKey', header: 'X-Key', value: 'k' } }, { 'x-key': 'k' }],
    ['none', {}, {}],
  ])('authenticates with %s and adds its headers (S-011)', async (_kind, settings, expected) => {
    const { sent, run } = await call({
      connector: { ...settings, headers: { 'X-One': 'connector', 'X-Two': 'connector' } },
      node: { headers: { 'X-Two': 'node {{client.h}}' } },
      client: { h: 'a\r\nX-Evil: 1' },
    })
    expect(sent[0]?.headers).toMatchObject({ 'x-one': 'connector', 'x-two': 'node aX-Evil: 1', ...expected })
    const logged = JSON.stringify(run.log)
    for (const secret of ['secret-1', btoa('me:pw'), '"k"']) expect(logged).not.toContain(secret)
  })

  it('keeps the Authorization of its settings when the node names another (S-011)', async () => {
    const { sent } = await call({
      connector: { authentication: { type: 'bearerToken', token: 'secret-1' } },
      node: { headers: { Authorization: 'Bearer of the node' } },
    })
    expect(sent[0]?.headers.authorization).toBe('Bearer secret-1')
    const without = await call({ node: { headers: { Authorization: 'Bearer of the node' } } })
    expect(without.sent[0]?.headers.authorization).toBe('Bearer of the node')
  })

  it.each([
    ['header', `Basic ${btoa('c:s')}`, 'grant_type=client_credentials&scope=read'],
    ['body', undefined, 'grant_type=client_credentials&scope=read&client_id=c&client_secret=s'],
  ] as const)(
    'gets a token for oauth2ClientCredentials first, credentials in the %s (S-011)',
    async (style, header, body) => {
      const seen: string[] = []
      const { sent } = await call({
        connector: {
          authentication: {
            type: 'oauth2ClientCredentials',
            clientId: 'c',
            clientSecret: 's',
            tokenUrl: 'https://api.example/token',
            scopes: ['read'],
            headers: { 'X-Tenant': 'acme' },
            ...(style === 'body' && { style }),
          },
        },
        answer: (request) => {
          seen.push(new URL(request.url).pathname)
          return request.url.endsWith('/token') ? { access_token: 'at-1' } : { ok: true }
        },
      })
      expect(seen).toEqual(['/token', '/base/v2'])
      expect(sent[0]?.headers.authorization).toBe(header)
      expect(sent[0]?.headers['x-tenant']).toBe('acme')
      expect(sent[0]?.body).toBe(body)
      expect(sent[1]?.headers.authorization).toBe('Bearer at-1')
    },
  )

  it('signs the base64 text of the body with hmacSecret (S-011)', async () => {
    const { sent } = await call({ connector: { hmacSecret: 'key' }, node: { method: 'POST', body: { a: 1 } } })
    const expected = createHmac('sha256', 'key').update(btoa('{"a":1}')).digest('base64')
    expect(sent[0]?.headers['x-descope-webhook-s256']).toBe(expected)
  })
})

describe('the answer of a connector', () => {
  it.each<[string, () => unknown, unknown]>([
    ['JSON', () => Response.json({ a: { b: [1, { c: 2 }] }, extra: true }), { a: { b: [1, { c: 2 }] }, extra: true }],
    ['other text', () => new Response('hello'), { raw: 'hello' }],
    ['nothing', () => new Response(null, { status: 204 }), {}],
  ])(
    'of %s is kept whole under its own key, as that of a fraud connector is (S-028, S-031, S-355)',
    async (_what, answer, expected) => {
      const { run } = await call({ answer })
      expect(run.output).toEqual({ reply: expected })
    },
  )

  it('brings its headers along when asked to (S-011)', async () => {
    const answer = () => Response.json({ a: 1 }, { headers: { 'X-Rate': '9' } })
    const { run } = await call({ connector: { includeHeadersInContext: true }, answer })
    expect(run.value('connectors.reply.headers.x-rate')).toBe('9')
    expect((await call({ answer })).run.output).toEqual({ reply: { a: 1 } })
  })

  it('branches a condition, through nested objects and by the index of an array (S-028)', async () => {
    const branch = async (key: string, value: string) => {
      const flow: FlowDefinition = {
        ...flowOf({ next: 'check' }),
        nodes: {
          ...flowOf({ next: 'check' }).nodes,
          check: { kind: 'condition', rules: [{ all: [{ key, op: 'equal', value }], next: 'yes' }], else: 'no' },
          yes: { kind: 'end', outcome: 'success', output: { went: 'yes' } },
          no: { kind: 'end', outcome: 'success', output: { went: 'no' } },
          done: { kind: 'end', outcome: 'success' },
        },
      }
      const idp = fixedIdp({ connectors: [connector], flows: [flow] })
      idp.connectors.stub('api', () => ({ job: { title: 'Pilot' }, ports: [{ name: 'Haifa' }, { name: 'Jaffa' }] }))
      return (await idp.flows.run('call')).output?.went
    }
    expect(await branch('connectors.reply.job.title', 'Pilot')).toBe('yes')
    expect(await branch('connectors.reply.job.title', 'Baker')).toBe('no')
    expect(await branch('connectors.reply.ports.1.name', 'Jaffa')).toBe('yes')
    expect(await branch('connectors.reply.ports.2.name', 'Jaffa')).toBe('no')
  })

  it.each<[string, () => unknown, Record<string, unknown>]>([
    ['ConnectorHttpStatus', () => Response.json({ why: 'no' }, { status: 409 }), { status: 409, body: { why: 'no' } }],
    [
      'ConnectorHttpStatus',
      () => new Response(null, { status: 302, headers: { location: 'https://x.example' } }),
      { status: 302 },
    ],
    [
      'ConnectorBadJson',
      () => new Response('{"a":1 // comment\n}', { headers: { 'content-type': 'application/json' } }),
      {},
    ],
    ['ConnectorTooLarge', () => new Response('x'.repeat(1024 * 1024 + 1)), {}],
    ['ConnectorNetwork', () => Promise.reject(new Error('boom')), {}],
  ])('fails with %s, and nothing is kept (S-018, S-033, 4.5)', async (code, answer, details) => {
    const { run, error } = await call({ answer })
    expect(error).toMatchObject({ code, ...details })
    expect(run.value('connectors.reply')).toBeUndefined()
    expect(run.value('errors.last.code')).toBe(code)
    expect(run.log.map(({ kind }) => kind)).toContain('connector.error')
  })

  it.each(['https://evil.example/', '//evil.example', '/../../up', 'a\\b', '/%2e%2e/%2e%2e/up'])(
    'is never asked for when the endpoint is %s (S-015)',
    async (endpoint) => {
      const { sent, error } = await call({ node: { endpoint } })
      expect([sent, error?.code]).toEqual([[], 'ConnectorEndpoint'])
    },
  )

  it('times out by the clock of the mock when the stub says so (S-026)', async () => {
    const idp = fixedIdp({ connectors: [connector], flows: [flowOf({ timeoutSeconds: 5 })] })
    idp.connectors.stub('api', (_request, { elapse }) => elapse(6))
    expect((await idp.flows.run('call')).output).toMatchObject({ error: { code: 'ConnectorTimeout' } })
    idp.connectors.stub('api', (_request, { elapse }) => elapse(5))
    expect((await idp.flows.run('call')).output).toEqual({ reply: {} })
  })

  it('times out after 10 seconds when the node names no time (S-026)', async () => {
    const idp = fixedIdp({ connectors: [connector], flows: [flowOf()] })
    idp.connectors.stub('api', (_request, { elapse }) => elapse(11))
    expect((await idp.flows.run('call')).output).toMatchObject({ error: { code: 'ConnectorTimeout' } })
    idp.connectors.stub('api', (_request, { elapse }) => elapse(10))
    expect((await idp.flows.run('call')).output).toEqual({ reply: {} })
  })

  it('times out by the real clock, too (S-026)', async () => {
    const { error } = await call({ node: { timeoutSeconds: 1 }, answer: () => new Promise(() => undefined) })
    expect(error?.code).toBe('ConnectorTimeout')
  })

  it('is not waited for with runAsync, and its error stays in the log', async () => {
    const { run } = await call({ node: { runAsync: true }, answer: () => new Response(null, { status: 500 }) })
    expect(run.output).toEqual({})
    expect(run.status).toBe('completed')
  })
})

describe('the runner log of a connector', () => {
  it('shows request and reply under the step name, secrets redacted (S-022, S-034, S-045, S-046)', async () => {
    const { run } = await call({
      connector: { authentication: { type: 'bearerToken', token: 'abc' }, headers: { 'X-One': '1' } },
      node: { name: 'Look up', method: 'POST', body: { password: 'p1', kept: 'yes' } },
      answer: () =>
        Response.json(
          {
            social_insurance_number: '000',
            user_token: 't1',
            city: 'Haifa',
            deep: [{ clientSecret: 's1', Authorization: 'Basic x', street: 'Herzl' }],
          },
          { headers: { 'X-Rate': '9' } },
        ),
    })
    const [request, response] = run.log.filter(({ kind }) => kind.startsWith('connector.'))
    expect(request).toMatchObject({
      title: 'Look up',
      nodeId: 'call',
      data: {
        method: 'POST',
        url: 'https://api.example/base/v2',
        headers: { authorization: '[redacted]', 'content-type': 'application/json', 'x-one': '1' },
        body: { password: '[redacted]', kept: 'yes' },
      },
    })
    expect(response?.data).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-rate': '9' },
      durationMs: expect.any(Number),
      body: {
        social_insurance_number: '[redacted]',
        user_token: '[redacted]',
        city: 'Haifa',
        deep: [{ clientSecret: '[redacted]', Authorization: '[redacted]', street: 'Herzl' }],
      },
    })
    const failed = await call({ answer: () => new Response(null, { status: 500 }) })
    expect(failed.run.log.filter(({ kind }) => kind.startsWith('connector.'))).toMatchObject([
      { kind: 'connector.request' },
      {
        kind: 'connector.error',
        level: 'error',
        title: 'The API',
        data: { error: 'ConnectorHttpStatus', status: 500 },
      },
    ])
    const unnamed = await call()
    expect(unnamed.run.log.find(({ kind }) => kind === 'connector.request')?.title).toBe('The API')
  })

  it('redacts further names of the configuration (S-034)', async () => {
    const idp = fixedIdp({ connectors: [connector], flows: [flowOf()], flowSettings: { redact: ['salary'] } })
    idp.connectors.stub('api', () => ({ monthlySalary: 9000 }))
    const run = await idp.flows.run('call')
    expect(JSON.stringify(run.log)).not.toContain('9000')
  })
})

describe('the connectors of a project', () => {
  it('are created, changed, listed and deleted (S-004, S-009, S-010)', () => {
    const { connectors } = fixedIdp()
    expect(connectors.list().map(({ id }) => id)).toEqual(['people-api'])
    const made = connectors.create({ ...connector, description: 'Text' })
    expect(made).toMatchObject({ type: 'http', insecure: false, description: 'Text' })
    expect(connectors.list().map(({ id }) => id)).toEqual(['people-api', 'api'])
    expect(connectors.update('api', { name: 'Other' })).toMatchObject({ name: 'Other', description: 'Text' })
    expect(connectors.get('api')?.name).toBe('Other')
    expect(connectors.delete('api')).toBe(true)
    expect(connectors.get('api')).toBeUndefined()
    expect(connectors.list().map(({ id }) => id)).toEqual(['people-api'])
  })

  it('come from a configuration that is plain JSON (S-004)', () => {
    const seed: unknown = JSON.parse(JSON.stringify({ connectors: [connector], flows: [flowOf()] }))
    const idp = createMockIdp(seed as MockIdpConfig)
    expect(idp.connectors.get('api')).toMatchObject(connector)
    expect(idp.flows.get('call')?.start).toBe('call')
  })

  it.each<[string, unknown, RegExp]>([
    ['name (S-009)', { ...connector, name: '' }, /connectors\[0\]\.name: expected a name of 1 to 100/],
    ['missing name (S-009)', { ...connector, name: undefined }, /connectors\[0\]\.name is missing/],
    ['name too long (S-009)', { ...connector, name: 'x'.repeat(101) }, /1 to 100/],
    ['base URL', { ...connector, baseUrl: 'api.example' }, /baseUrl: expected a URL/],
    ['type without handler (S-006)', { ...connector, type: 'crm' }, /type: "crm" has no handler; allowed are http/],
    [
      'authentication',
      { ...connector, authentication: { type: 'magic' } },
      /authentication\.type: expected one of "none"/,
    ],
    ['field', { ...connector, secret: 'x' }, /secret is not an option; allowed are/],
  ])('are refused at load for their %s', (_what, given, message) => {
    expect(() => createMockIdp({ connectors: [given as ConnectorConfig] })).toThrow(message)
  })

  it('has unique names (S-009)', () => {
    const { connectors } = fixedIdp()
    connectors.create(connector)
    expect(() => connectors.create({ ...connector, id: 'second' })).toThrow('already known as "The API"')
    expect(connectors.create({ ...connector, id: 'second', name: 'x'.repeat(100) }).id).toBe('second')
    expect(() => connectors.update('second', { name: 'The API' })).toThrow('already known as "The API"')
  })

  it('runs connectors of another type by their handler, without a test (S-005, S-006, S-012)', async () => {
    const idp = fixedIdp({
      connectors: [{ ...connector, type: 'crm' }],
      connectorHandlers: { crm: () => ({ from: 'handler' }) },
      flows: [flowOf()],
    })
    expect((await idp.flows.run('call')).output).toEqual({ reply: { from: 'handler' } })
    expect(await idp.connectors.test('api', {})).toEqual({ supported: false })
  })

  it('tests connectors of another type when their handler says so (S-012)', async () => {
    const answer = ({ url }: Request) => ({ asked: url })
    const tested = async (handler: ConnectorHandler) => {
      const idp = fixedIdp({
        connectors: [{ ...connector, type: 'crm' }],
        connectorHandlers: { crm: handler },
        flows: [flowOf()],
      })
      expect((await idp.flows.run('call')).output).toEqual({ reply: { asked: 'https://api.example/base/v2' } })
      return idp.connectors.test('api', { endpoint: '/users' })
    }
    expect(await tested({ answer, testable: true })).toMatchObject({
      supported: true,
      ok: true,
      response: { body: { asked: 'https://api.example/base/v2/users' } },
    })
    expect(await tested({ answer })).toEqual({ supported: false })
    const wrong = { crm: { answer: 'text' } } as unknown as Record<string, ConnectorHandler>
    expect(() => createMockIdp({ connectorHandlers: wrong })).toThrow(/crm.*answer: expected a function/)
  })
})

describe('a test call', () => {
  it('gives request and response (S-012, S-016, S-017)', async () => {
    const { connectors } = fixedIdp()
    const result = await connectors.test('people-api', { endpoint: '/users' })
    expect(result).toMatchObject({
      ok: true,
      request: {
        method: 'GET',
        url: 'https://random-data-api.com/api/v2/users',
        headers: { accept: 'application/json' },
      },
      response: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: { date_of_birth: '1984-02-09' },
        durationMs: expect.any(Number),
      },
    })
    connectors.stub('people-api', () => new Response('text'))
    expect(await connectors.test('people-api', {})).toMatchObject({ ok: true, response: { body: { raw: 'text' } } })
  })

  it.each<[string, number | undefined, ConnectorStub]>([
    ['ConnectorHttpStatus', 503, () => new Response(null, { status: 503 })],
    ['ConnectorTimeout', undefined, (_request, { elapse }) => elapse(11)],
    ['ConnectorNetwork', undefined, () => Promise.reject(new Error('refused'))],
    [
      'ConnectorBadJson',
      undefined,
      () => new Response('{"a":1 // comment\n}', { headers: { 'content-type': 'application/json' } }),
    ],
  ])('gives the request and the error %s with status %s (S-016, S-018)', async (code, status, stub) => {
    const { connectors } = fixedIdp()
    connectors.stub('people-api', stub)
    const result = await connectors.test('people-api', { endpoint: '/users' })
    expect(result).toEqual({
      supported: true,
      ok: false,
      request: expect.objectContaining({ url: 'https://random-data-api.com/api/v2/users' }),
      error: { code, message: expect.any(String), ...(status !== undefined && { status }) },
    })
  })

  it('refuses a full URL and placeholders (S-013)', async () => {
    const { connectors } = fixedIdp()
    const codeOf = async (endpoint: string) => {
      const result = await connectors.test('people-api', { endpoint })
      return 'error' in result && result.error.code
    }
    expect(await codeOf('https://random-data-api.com/api/v2/users')).toBe('ENDPOINT_NOT_RELATIVE')
    expect(await codeOf('/users/{{user.email}}')).toBe('PLACEHOLDER')
  })
})

describe('the network', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  it('is off by default, and opens for single hosts (S-005, 4.5)', async () => {
    server = createServer((request, response) =>
      response.setHeader('content-type', 'application/json').end(`{"path":"${request.url}"}`),
    )
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const connectors = [{ ...connector, baseUrl: `http://${host}/base` }]
    const closed = await fixedIdp({ connectors, flows: [flowOf()] }).flows.run('call')
    expect(closed.output).toMatchObject({
      error: { code: 'ConnectorNetwork', message: expect.stringContaining('allowNetwork') },
    })
    const open = fixedIdp({
      connectors,
      flows: [flowOf({ endpoint: 'users' })],
      flowSettings: { allowNetwork: [host] },
    })
    expect((await open.flows.run('call')).output).toEqual({ reply: { path: '/base/users' } })
  })
})
