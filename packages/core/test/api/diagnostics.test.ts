import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { VerifierEvent } from '../../src/api/index.ts'
import { failure, setUpApi } from './api-fixture.ts'

/** What is published on a channel until the test ends. */
function listenTo(name: string): VerifierEvent[] {
  const events: VerifierEvent[] = []
  const listener = (event: unknown) => void events.push(event as VerifierEvent)
  subscribe(name, listener)
  onTestFinished(() => void unsubscribe(name, listener))
  return events
}

/** The keys of the mock, and one that has no place among published keys. */
async function withSymmetricKey(idp: MockIdp): Promise<Response> {
  const answer = await idp.fetch(new Request(`${idp.origin}/${idp.projectId}/.well-known/jwks.json`))
  const { keys } = (await answer.json()) as { readonly keys: readonly object[] }
  return Response.json({ keys: [...keys, { kty: 'oct', k: 'AAAA' }] })
}

const durationMs = expect.any(Number)

describe('node:diagnostics_channel', () => {
  test('tells of each call how it ended: verified, known, or refused with the rule', async () => {
    const events = listenTo('countersign:api:verify')
    const { verifier, order, idp } = setUpApi()
    const token = await order()
    await verifier.verify(token)
    await verifier.authenticate(`Bearer ${token}`)
    await failure('OIDC_TOKEN_MISSING', verifier.authenticate(undefined))
    await failure('OIDC_TOKEN_AUD_REFUSED', verifier.verify(await order({ claims: { aud: 'other' } })))
    const { inboundIssuer: issuer } = idp
    const keyId = 'mock-test-key-1'
    expect(events).toEqual([
      { kind: 'verify', issuer, algorithm: 'RS256', keyId, durationMs },
      { kind: 'cache-hit', issuer, durationMs },
      { kind: 'refused', code: 'OIDC_TOKEN_MISSING', claim: undefined, durationMs },
      { kind: 'refused', code: 'OIDC_TOKEN_AUD_REFUSED', claim: 'aud', durationMs },
    ])
  })

  test('tells of a good token that may not come so only that it was refused', async () => {
    const events = listenTo('countersign:api:verify')
    const { verifier, order } = setUpApi()
    const bound = await order({ claims: { cnf: { jkt: 'key' } } })
    await failure('OIDC_TOKEN_BOUND', verifier.authenticate(`Bearer ${bound}`))
    await failure('OIDC_TOKEN_BOUND', verifier.authenticate(`Bearer ${bound}`))
    expect(events.map((event) => [event.kind, 'code' in event && event.code])).toEqual([
      ['refused', 'OIDC_TOKEN_BOUND'],
      ['refused', 'OIDC_TOKEN_BOUND'],
    ])
  })

  test('tells of keys that are loaded, with what was left aside, and of keys that can not be', async () => {
    const events = listenTo('countersign:api:keys')
    let down = false
    const { verifier, order, idp } = setUpApi(
      { jwksUri: 'https://idp.example/keys' },
      {
        intercept: (url) => {
          if (!url.endsWith('/keys')) return undefined
          return down ? new Response(null, { status: 500 }) : withSymmetricKey(idp)
        },
      },
    )
    const { inboundIssuer: issuer } = idp
    await verifier.verify(await order())
    expect(events).toEqual([{ kind: 'key-fetch', issuer, durationMs, keys: 1, skipped: ['secret'] }])

    down = true
    idp.clock.advance(3600)
    await verifier.verify(await order())
    expect(events.slice(1)).toEqual([
      { kind: 'key-fetch', issuer, durationMs, code: 'OIDC_STATUS_UNEXPECTED' },
      { kind: 'stale', issuer, ageSeconds: 3600 },
    ])
  })

  test('never carries a token, a claim or a kid that nobody has signed for', async () => {
    const events = [listenTo('countersign:api:verify'), listenTo('countersign:api:keys')]
    const { verifier, order } = setUpApi()
    const token = await order({ claims: { sub: 'secret-subject', note: 'secret-note' } })
    await verifier.verify(token)
    const marked = [{ claims: { iss: 'https://secret.example' } }, { header: { kid: 'secret-kid' } }]
    for (const changes of marked) await verifier.verify(await order(changes)).catch(() => undefined)
    await verifier.authenticate('Bearer secret secret').catch(() => undefined)
    expect(events.flat().length).toBeGreaterThan(4)
    const shown = inspect(events, { depth: 9 }) + JSON.stringify(events)
    expect(shown).not.toContain('secret')
    for (const part of token.split('.')) expect(shown).not.toContain(part)
  })

  test('survives a subscriber of another channel, and one that comes and goes', async () => {
    const { verifier, order } = setUpApi({ verdictCache: false })
    const token = await order()
    const events: unknown[] = []
    const listener = (event: unknown) => void events.push(event)
    subscribe('countersign:api:verify', listener)
    await verifier.verify(token)
    unsubscribe('countersign:api:verify', listener)
    await verifier.verify(token)
    expect(events).toHaveLength(1)
  })
})

describe('onEvent', () => {
  test('is told the same, beside the channels', async () => {
    const told: VerifierEvent[] = []
    const { verifier, order } = setUpApi({ onEvent: (event) => void told.push(event) })
    await verifier.verify(await order())
    const published = listenTo('countersign:api:verify')
    await failure('OIDC_TOKEN_MALFORMED', verifier.verify('x'))
    expect(told.map(({ kind }) => kind)).toEqual(['key-fetch', 'verify', 'refused'])
    expect(published).toEqual(told.slice(2))
  })
})
