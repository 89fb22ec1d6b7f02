import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConsole } from '../../src/console/console.ts'
import { consolePath } from '../../src/console/visit.ts'
import { buildMockIdp } from '../../src/mock-idp.ts'
import { consoleHost } from '../support/console.ts'
import { get } from '../support/relying-party.ts'

async function openEvents() {
  const { idp, runtime } = buildMockIdp({}, { consolePath })
  const controller = new AbortController()
  const request = new Request(`http://${consoleHost}${consolePath}/events`, {
    headers: { host: consoleHost },
    signal: controller.signal,
  })
  const answer = await createConsole(idp, runtime)(request, { loopbackPeer: true })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) throw new Error('the answer has no body')
  return { idp, answer, controller, reader }
}

describe('the live line', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  it('sends one event for each burst of requests, tells nothing of them, and shows that it is alive', async () => {
    const { idp, answer, reader } = await openEvents()
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    for (const addresses of [['/?token=marked', '/', '/'], ['/']]) {
      await Promise.all(addresses.map((address) => get(idp, address)))
      vi.advanceTimersByTime(1000)
    }
    vi.advanceTimersByTime(20_000)
    const chunks: string[] = []
    while (chunks.length < 4) chunks.push((await reader.read()).value ?? '')
    expect(chunks).toEqual(['retry: 1000\n\n', 'data: changed\n\n', 'data: changed\n\n', ': still here\n\n'])
    await reader.cancel()
  })

  it('leaves no timer behind when the page is gone, and later requests find nobody', async () => {
    const { idp, reader } = await openEvents()
    await get(idp, '/')
    expect(vi.getTimerCount()).toBe(2)
    await reader.cancel()
    await get(idp, '/')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stops as well when the connection breaks', async () => {
    const { idp, controller } = await openEvents()
    controller.abort()
    await get(idp, '/')
    expect(vi.getTimerCount()).toBe(0)
  })
})
