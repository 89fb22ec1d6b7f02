import { explainDecision, param, role } from '@countersign/core'
import { demoProject } from '@countersign/mock-idp'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { StrictMode, useEffect } from 'react'
import { expect, test, vi } from 'vitest'
import { CountersignProvider, Guard, type GuardProps } from '../src/index.ts'
import { createSite, type Site } from './support/site.ts'

const orders = <p>your orders</p>
const waiting = <p>one moment</p>

function Mortal({ life }: { life: string[] }) {
  useEffect(() => {
    life.push('mounted')
    return () => void life.push('unmounted')
  }, [life])
  return orders
}

function renderGuard(site: Site, props: GuardProps = {}) {
  return render(
    <StrictMode>
      <CountersignProvider client={site.client}>
        <Guard pending={waiting} {...props}>
          {props.children ?? orders}
        </Guard>
      </CountersignProvider>
    </StrictMode>,
  )
}

/** Lets everything run that is under way, so that "nothing happened" means something. */
const settled = (site: Site) =>
  act(async () => {
    await vi.waitFor(() => expect(site.client.getSnapshot().status).not.toBe('pending'))
    await new Promise((resolve) => setTimeout(resolve))
  })

test('sends users to the provider once under StrictMode, with the page they wanted, and shows pending meanwhile', async () => {
  const site = createSite()
  history.replaceState(null, '', '/orders?page=2#top')
  renderGuard(site, { login: { parameters: { login_hint: 'mira@acme.example' } } })
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  await settled(site)
  expect(site.departures).toHaveLength(1)
  expect(screen.getByText('one moment')).toBeDefined()
  const departure = new URL(site.departures[0] ?? '')
  expect(departure.searchParams.get('login_hint')).toBe('mira@acme.example')
  history.replaceState(null, '', await site.idp.driver.login(departure, { user: 'mira@acme.example' }))
  expect(await site.client.handleCallback()).toEqual({ returnTo: '/orders?page=2#top' })
})

test('starts one login for all guards of a page', async () => {
  const site = createSite()
  render(
    <CountersignProvider client={site.client}>
      <Guard>{orders}</Guard>
      <Guard>{orders}</Guard>
    </CountersignProvider>,
  )
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  await settled(site)
  expect(site.departures).toHaveLength(1)
})

test('shows its children after the login', async () => {
  const site = createSite()
  await site.returnFromProvider()
  renderGuard(site)
  expect(screen.getByText('one moment')).toBeDefined()
  expect(await screen.findByText('your orders')).toBeDefined()
  expect(site.departures).toEqual([])
})

test('keeps its children mounted while tokens are renewed (behaviour 44)', async () => {
  const site = createSite()
  await site.signIn()
  const life: string[] = []
  render(
    <CountersignProvider client={site.client}>
      <Guard rule={role('Staff')}>
        <Mortal life={life} />
      </Guard>
    </CountersignProvider>,
  )
  const release = site.hold('token')
  const renewed = site.client.renew()
  await vi.waitFor(() => expect(site.client.getSnapshot()).toMatchObject({ renewing: true }))
  await settled(site)
  expect(screen.getByText('your orders')).toBeDefined()
  release()
  await act(() => renewed)
  expect(life).toEqual(['mounted'])
})

test('starts no login after a failed one, and shows the error with a button that does', async () => {
  const site = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  renderGuard(site)
  const button = await screen.findByRole('button', { name: 'Sign in' })
  expect(screen.getByRole('alert').textContent).toContain('login')
  await settled(site)
  expect(site.departures).toEqual([])
  fireEvent.click(button)
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
})

test('shows why an automatic login could not be started, and tries no second one', async () => {
  const login = vi.fn(async () => {
    throw new TypeError('offline')
  })
  const site = createSite({ fetch: login, timeoutMs: 50 })
  renderGuard(site)
  expect(await screen.findByRole('alert')).toBeDefined()
  const requests = login.mock.calls.length
  await settled(site)
  expect(login.mock.calls).toHaveLength(requests)
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await vi.waitFor(() => expect(login.mock.calls.length).toBeGreaterThan(requests))
  expect(await screen.findByRole('alert')).toBeDefined()
})

test('shows pending during a logout and starts no login then or afterwards', async () => {
  const site = createSite()
  await site.signIn()
  renderGuard(site)
  expect(screen.getByText('your orders')).toBeDefined()
  const release = site.hold('revoke')
  const logout = site.client.logout({ localOnly: true })
  expect(await screen.findByText('one moment')).toBeDefined()
  release()
  await act(async () => void (await logout))
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeDefined()
  await settled(site)
  expect(site.departures).toEqual([])
})

test('starts no login when another tab signs out', async () => {
  const site = createSite()
  await site.signIn()
  renderGuard(site)
  const otherTab = site.openTab()
  const closeTab = otherTab.start()
  await otherTab.logout({ localOnly: true })
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeDefined()
  await settled(site)
  expect(site.departures).toEqual([])
  closeTab()
})

test('offers the button to users who come back by the back button out of the back-forward cache', async () => {
  const site = createSite()
  renderGuard(site)
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  const back = Object.assign(new Event('pageshow'), { persisted: true })
  act(() => void dispatchEvent(back))
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await vi.waitFor(() => expect(site.departures).toHaveLength(2))
})

test('shows what the app gives instead of starting a login', async () => {
  const site = createSite()
  renderGuard(site, { unauthenticated: <p>please sign in</p> })
  expect(await screen.findByText('please sign in')).toBeDefined()
  await settled(site)
  expect(site.departures).toEqual([])
})

test('gives the state and a login function to a function of the app', async () => {
  const site = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  renderGuard(site, {
    unauthenticated: (state, login) => (
      <button type="button" onClick={login}>
        {state.error?.code}
      </button>
    ),
  })
  fireEvent.click(await screen.findByRole('button', { name: 'OIDC_TRANSACTION_MISSING' }))
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
})

test('shows nothing to signed-out users when login is false', async () => {
  const site = createSite()
  const { container } = renderGuard(site, { login: false, pending: undefined })
  await settled(site)
  expect(container.innerHTML).toBe('')
  expect(site.departures).toEqual([])
})

test('shows denied, with the decision, to users who lack what the rule needs', async () => {
  const site = createSite()
  await site.signIn()
  const { rerender } = render(
    <CountersignProvider client={site.client}>
      <Guard rule={role('Billing Admin')} denied={(decision) => <p>{explainDecision(decision)}</p>}>
        {orders}
      </Guard>
    </CountersignProvider>,
  )
  expect(screen.getByText('Missing: role Billing Admin.')).toBeDefined()
  expect(screen.queryByText('your orders')).toBeNull()
  rerender(
    <CountersignProvider client={site.client}>
      <Guard rule={role('Staff')}>{orders}</Guard>
    </CountersignProvider>,
  )
  expect(screen.getByText('your orders')).toBeDefined()
})

test('decides a rule about a tenant that is known when it is shown', async () => {
  const site = createSite()
  await site.signIn()
  const rule = role('Book Keeper', { tenant: param('tenantId') })
  const { acme, globex } = demoProject.tenants
  const page = (tenantId?: string) => (
    <CountersignProvider client={site.client}>
      <Guard rule={rule} parameters={{ tenantId }} denied="not here">
        {orders}
      </Guard>
    </CountersignProvider>
  )
  const { rerender } = render(page(acme))
  expect(screen.getByText('your orders')).toBeDefined()
  for (const tenantId of [globex, undefined]) {
    rerender(page(tenantId))
    expect(screen.queryByText('your orders')).toBeNull()
    expect(screen.getByText('not here')).toBeDefined()
  }
})

test('shows why a login that the user started failed', async () => {
  const fetch = async () => {
    throw new TypeError('offline')
  }
  const site = createSite({ fetch })
  history.replaceState(null, '', '/callback?code=used&state=used')
  renderGuard(site)
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('response')
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await vi.waitFor(() => expect(alert.textContent).not.toContain('response'))
})
