import { render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { expect, test, vi } from 'vitest'
import { CountersignProvider } from '../src/index.ts'
import { createSite } from './support/site.ts'
import { Who } from './support/who.ts'

test('finishes a login under StrictMode with exactly one token request and one onReturn (behaviour 6, complaint 8)', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const onReturn = vi.fn()
  render(
    <StrictMode>
      <CountersignProvider client={site.client} onReturn={onReturn}>
        <Who />
      </CountersignProvider>
    </StrictMode>,
  )
  expect(await screen.findByText('Mira Tal')).toBeDefined()
  expect(site.requests.filter((path) => path === 'token')).toHaveLength(1)
  await vi.waitFor(() => expect(onReturn.mock.calls).toEqual([['/orders?page=2']]))
  expect(location.pathname + location.search).toBe('/orders?page=2')
})

test('calls the onReturn of the latest render', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const release = site.hold('token')
  const [first, second] = [vi.fn(), vi.fn()]
  const { rerender } = render(<CountersignProvider client={site.client} onReturn={first} />)
  rerender(<CountersignProvider client={site.client} onReturn={second} />)
  release()
  await vi.waitFor(() => expect(second).toHaveBeenCalledWith('/orders?page=2'))
  expect(first).not.toHaveBeenCalled()
})

test('calls no onReturn when the page is no callback, and none when the login failed', async () => {
  const site = createSite()
  const onReturn = vi.fn()
  const tree = (
    <CountersignProvider client={site.client} onReturn={onReturn}>
      <Who />
    </CountersignProvider>
  )
  const { unmount } = render(tree)
  await screen.findByText('unauthenticated')
  unmount()

  const failing = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  render(
    <CountersignProvider client={failing.client} onReturn={onReturn}>
      <Who />
    </CountersignProvider>,
  )
  await screen.findByText('unauthenticated')
  expect(failing.client.getSnapshot()).toMatchObject({ reason: 'never', error: { code: 'OIDC_TRANSACTION_MISSING' } })
  expect(onReturn).not.toHaveBeenCalled()
})

test('mounts again without any request and keeps the session (behaviour 44)', async () => {
  const site = createSite()
  await site.signIn()
  const tree = (
    <CountersignProvider client={site.client}>
      <Who />
    </CountersignProvider>
  )
  const { unmount } = render(tree)
  expect(screen.getByText('Mira Tal')).toBeDefined()
  unmount()
  render(tree)
  expect(screen.getByText('Mira Tal')).toBeDefined()
  expect(site.requests).toEqual([])
})

test('shows a logout of another tab', async () => {
  const site = createSite()
  await site.signIn()
  render(
    <CountersignProvider client={site.client}>
      <Who />
    </CountersignProvider>,
  )
  const otherTab = site.openTab()
  const closeTab = otherTab.start()
  await otherTab.logout({ localOnly: true })
  expect(await screen.findByText('unauthenticated')).toBeDefined()
  expect(site.client.getSnapshot()).toMatchObject({ reason: 'signed-out' })
  closeTab()
})

test('stops listening to other tabs when unmounted', async () => {
  const site = createSite()
  await site.signIn()
  render(<CountersignProvider client={site.client} />).unmount()
  const [leaving, staying] = [site.openTab(), site.openTab()]
  await site.signIn(undefined, staying)
  const closeTabs = [leaving.start(), staying.start()]
  await leaving.logout({ localOnly: true })
  await vi.waitFor(() => expect(staying.getSnapshot().status).toBe('unauthenticated'))
  expect(site.client.getSnapshot().status).toBe('authenticated')
  for (const close of closeTabs) close()
})
