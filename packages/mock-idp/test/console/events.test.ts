import { describe, expect, it } from 'vitest'
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
  it('sends one event for a burst of requests, and tells nothing of them', async () => {
    const { idp, answer, reader } = await openEvents()
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect((await reader.read()).value).toBe('retry: 1000\n\n')
    await Promise.all([get(idp, '/?token=marked'), get(idp, '/'), get(idp, '/')])
    expect((await reader.read()).value).toBe('data: changed\n\n')
    await get(idp, '/')
    expect((await reader.read()).value).toBe('data: changed\n\n')
    await reader.cancel()
  })

  it('stops listening when the page is gone, and later requests find nobody', async () => {
    const { idp, controller, reader } = await openEvents()
    await reader.read()
    await reader.cancel()
    controller.abort()
    expect((await get(idp, '/')).status).toBe(200)
  })
})
