import { act, renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { useSession } from '../src/index.ts'
import { provided } from './support/provided.ts'
import { createSite } from './support/site.ts'

test('goes from pending to signed in within one commit (behaviour 44, complaint 22)', async () => {
  const { client, ...site } = createSite()
  await site.returnFromProvider()
  const states: unknown[] = []
  renderHook(() => states.push(useSession()), { wrapper: provided(client) })
  await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ status: 'authenticated', claims: { name: 'Mira Tal' } }))
  expect(states).toEqual([{ status: 'pending' }, client.getSnapshot()])
})

test('follows a renewal without ever leaving the signed-in state', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const states: unknown[] = []
  renderHook(() => states.push(useSession()), { wrapper: provided(client) })
  const release = site.hold('token')
  const renewed = client.renew()
  await vi.waitFor(() => expect(states).toHaveLength(2))
  release()
  await act(() => renewed)
  expect(states).toMatchObject([{ renewing: false }, { renewing: true }, { renewing: false }])
})

test('ends its subscription when unmounted', () => {
  const { client } = createSite()
  let subscriptions = 0
  const subscribe = (listener: () => void) => {
    const end = client.subscribe(listener)
    subscriptions++
    return () => {
      subscriptions--
      end()
    }
  }
  const { unmount } = renderHook(() => useSession(), { wrapper: provided({ ...client, subscribe }) })
  expect(subscriptions).toBe(1)
  unmount()
  expect(subscriptions).toBe(0)
})
