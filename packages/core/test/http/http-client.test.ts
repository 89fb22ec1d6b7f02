import { describe, expect, test } from 'vitest'
import { createHttpClient } from '../../src/http/http-client.ts'

/** A client whose requests get these answers, one after the other; the last one stays. */
function clientWith(...answers: (() => Response)[]) {
  const sent: RequestInit[] = []
  const client = createHttpClient(async (_url, init) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)]
    sent.push(init)
    return answer ? answer() : Response.json({})
  })
  return { client, sent }
}

const url = 'https://idp.example/x'
const busy = (status: number) => () => new Response(null, { status, headers: { 'retry-after': '0' } })
const ok = () => Response.json({ ok: true })
const broken = () => {
  throw new TypeError('fetch failed')
}

describe('createHttpClient', () => {
  test.each([429, 500, 502, 503, 504])('reads again after status %d (RFC 9110 9.2.2)', async (status) => {
    const { client, sent } = clientWith(busy(status), busy(status), ok)
    expect(await (await client(url, {})).json()).toEqual({ ok: true })
    expect(sent).toHaveLength(3)
  })

  test('reads again after a network fault', async () => {
    const { client, sent } = clientWith(broken, ok)
    expect((await client(url, {})).status).toBe(200)
    expect(sent).toHaveLength(2)
  })

  test('sends under the signal of the call itself, which is heard for as long as the caller waits', async () => {
    const { client, sent } = clientWith(busy(503), ok)
    const { signal } = new AbortController()
    await client(url, { signal })
    expect(sent.map((init) => init.signal === signal)).toEqual([true, true])
    await client(url, {})
    expect(sent[2]?.signal ?? null).toBeNull()
  })

  test('gives up after two more tries, with the answer as it is', async () => {
    const { client, sent } = clientWith(busy(503))
    expect((await client(url, {})).status).toBe(503)
    expect(sent).toHaveLength(3)
  })

  test('waits as long as the answer asks for, up to two seconds (RFC 9110 10.2.3)', async () => {
    const asking = (retryAfter: string) => () =>
      new Response(null, { status: 503, headers: { 'retry-after': retryAfter } })
    const timeOf = async (retryAfter: string) => {
      const { client, sent } = clientWith(asking(retryAfter), ok)
      const started = performance.now()
      await client(url, {})
      return { tries: sent.length, ms: performance.now() - started }
    }
    const [now, second, past, long, date] = await Promise.all([
      timeOf('0'),
      timeOf('1'),
      timeOf(new Date(0).toUTCString()),
      timeOf('3600'),
      timeOf(new Date(Date.now() + 3_600_000).toUTCString()),
    ])
    expect([now, second, past, long, date].map((call) => call?.tries)).toEqual([2, 2, 2, 1, 1])
    expect(second?.ms).toBeGreaterThan(990)
    expect(Math.max(now?.ms ?? 0, past?.ms ?? 0)).toBeLessThan(900)
  })

  test.each([400, 401, 403, 404])('does not read again after status %d', async (status) => {
    const { client, sent } = clientWith(busy(status))
    expect((await client(url, {})).status).toBe(status)
    expect(sent).toHaveLength(1)
  })

  test.each([busy(500), busy(429), broken])('sends a request with effects once', async (answer) => {
    const { client, sent } = clientWith(answer, ok)
    await client(url, { method: 'POST', body: 'a=b' }).catch(() => undefined)
    expect(sent).toHaveLength(1)
  })

  test('follows no redirect, and passes method, headers and body on', async () => {
    const { client, sent } = clientWith(() => new Response(null, { status: 302, headers: { location: '/y' } }))
    const headers = { authorization: 'Basic x' }
    const response = await client(url, { method: 'POST', headers, body: 'a=b', redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ method: 'POST', redirect: 'manual' })
    expect(new Headers(sent[0]?.headers).get('authorization')).toBe('Basic x')
    expect(new TextDecoder().decode(sent[0]?.body as ArrayBuffer)).toBe('a=b')
  })

  test('stops with its caller', async () => {
    const { client, sent } = clientWith(() => new Response(null, { status: 503, headers: { 'retry-after': '1' } }))
    const stop = new AbortController()
    const call = client(url, { signal: stop.signal })
    stop.abort(new DOMException('deadline', 'TimeoutError'))
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(sent.length).toBeLessThan(2)
  })
})
