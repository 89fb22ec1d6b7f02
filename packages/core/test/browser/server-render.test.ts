import { describe, expect, it } from 'vitest'
import { encryptedTokenStorage } from '../../src/browser/encrypted-storage.ts'
import { createBrowserClient, localTokenStorage, sessionTokenStorage } from '../../src/browser/index.ts'
import { createRecordedClient } from '../../src/browser/recorder.ts'
import { scope } from '../../src/index.ts'

const options = { issuer: 'https://id.example', clientId: 'app', redirectUri: 'https://app.example/callback' }

describe('on a server, where there is no window (behaviour 43)', () => {
  it('has neither window nor storage, or this test would prove nothing', () => {
    expect([typeof window, typeof document, typeof location]).toEqual(['undefined', 'undefined', 'undefined'])
  })

  it.each([
    ['the memory', undefined],
    ['the local storage', localTokenStorage()],
    ['the session storage', sessionTokenStorage()],
    ['an encrypted storage', encryptedTokenStorage()],
  ])('a client with tokens in %s is created and renders pending', (_, tokenStorage) => {
    const client = createBrowserClient({ ...options, restore: 'redirect', ...(tokenStorage && { tokenStorage }) })
    const unsubscribe = client.subscribe(() => {})
    expect(client.getServerSnapshot()).toEqual({ status: 'pending' })
    expect(client.getSnapshot()).toBe(client.getServerSnapshot())
    expect(client.can(scope('contacts.read'))).toMatchObject({ allowed: false })
    unsubscribe()
  })

  it('a recorded client is created, and records nothing', () => {
    const { client, recorder } = createRecordedClient(options)
    expect(client.getServerSnapshot()).toEqual({ status: 'pending' })
    expect(recorder.entries()).toEqual([])
  })
})
