import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, mira } from '../support/relying-party.ts'

const jwks = (idp: MockIdp, signal?: AbortSignal) =>
  idp.fetch(new Request(new URL(`/${idp.projectId}/.well-known/jwks.json`, idp.origin), signal ? { signal } : {}))

/** Other work of the mock is done first; an answer that does not wait would be there by then. */
async function isWaiting(idp: MockIdp, answer: Promise<unknown>): Promise<boolean> {
  const settled = answer.then(
    () => false,
    () => false,
  )
  await idp.tokens.accessToken({ user: mira.loginId })
  await get(idp, '/')
  return Promise.race([settled, true])
}

describe('faults that make a client wait', () => {
  it('authorize-silent-hang hangs a request with prompt=none alone', async () => {
    const idp = fixedIdp()
    idp.faults.next('authorize-silent-hang')
    expect((await get(idp, authorizeUrl(idp))).status).toBe(302)
    const controller = new AbortController()
    const request = new Request(authorizeUrl(idp, { prompt: 'none' }), { signal: controller.signal })
    const answer = idp.fetch(request)
    expect(await isWaiting(idp, answer)).toBe(true)
    controller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect((await get(idp, authorizeUrl(idp, { prompt: 'none' }))).status).toBe(302)
  })

  it('answer-delay keeps the whole answer back, and answers then', async () => {
    const idp = fixedIdp()
    const controller = new AbortController()
    idp.faults.next('answer-delay', { delayMs: 3_600_000 }, { endpoint: 'jwks' })
    const answer = jwks(idp, controller.signal)
    expect(await isWaiting(idp, answer)).toBe(true)
    controller.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    idp.faults.next('answer-delay', { delayMs: 1 })
    expect((await jwks(idp)).status).toBe(200)
  })

  it('answer-slow sends the headers at once and the body in chunks', async () => {
    const idp = fixedIdp()
    const good = await (await jwks(idp)).text()
    idp.faults.next('answer-slow', { chunkDelayMs: 1, chunkBytes: 100 })
    const response = await jwks(idp)
    const sizes: number[] = []
    let text = ''
    for await (const chunk of response.body ?? []) {
      sizes.push(chunk.length)
      text += new TextDecoder().decode(chunk)
    }
    expect(text).toBe(good)
    expect(sizes.slice(0, -1)).toEqual(sizes.slice(0, -1).map(() => 100))
    expect(sizes.length).toBe(Math.ceil(good.length / 100))
  })

  it('answer-slow never comes to its end where a chunk takes for ever', async () => {
    const idp = fixedIdp()
    idp.faults.next('answer-slow', { chunkDelayMs: 3_600_000 })
    const response = await jwks(idp)
    expect(response.status).toBe(200)
    expect(await isWaiting(idp, response.text())).toBe(true)
  })

  it('answer-stalled sends half of the body, and nothing more until the reader gives up', async () => {
    const idp = fixedIdp()
    const good = await (await jwks(idp)).text()
    idp.faults.next('answer-stalled')
    const reader = (await jwks(idp)).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(good.slice(0, Math.ceil(good.length / 2)))
    const rest = reader?.read()
    expect(await isWaiting(idp, Promise.resolve(rest))).toBe(true)
    await reader?.cancel()
    expect(await rest).toMatchObject({ done: true })
    const controller = new AbortController()
    idp.faults.next('answer-stalled')
    const text = (await jwks(idp, controller.signal)).text()
    controller.abort()
    await expect(text).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('answer-huge makes as many bytes as it was told, while they are read', async () => {
    const idp = fixedIdp()
    idp.faults.next('answer-huge')
    const bytes = await (await jwks(idp)).arrayBuffer()
    expect(bytes.byteLength).toBe(5_242_880)
    expect(JSON.parse(new TextDecoder().decode(bytes)).keys).toHaveLength(1)
    idp.faults.next('answer-huge', { sizeBytes: 1_073_741_824 })
    const reader = (await jwks(idp)).body?.getReader()
    expect((await reader?.read())?.value?.length).toBeLessThan(100_000)
    await reader?.cancel()
  })
})
