import { explainDecision, param, role } from '@countersign/core'
import { demoProject } from '@countersign/mock-idp'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { defineComponent, h, onMounted, onUnmounted } from 'vue'
import { createCountersign, Guard, type GuardProps, type GuardSlots } from '../src/index.ts'
import { createSite, type Site } from './support/site.ts'

const waiting = () => [h('p', 'one moment')]
const orders = () => [h('p', 'your orders')]

function mountGuard(site: Site, props: GuardProps = {}, slots: GuardSlots = {}) {
  return mount(() => h(Guard, props, { pending: waiting, default: orders, ...slots }), {
    global: { plugins: [createCountersign(site.client)] },
  })
}

/** Lets everything run that is under way, so that "nothing happened" means something. */
async function settled(site: Site) {
  await vi.waitFor(() => expect(site.client.getSnapshot().status).not.toBe('pending'))
  await flushPromises()
}

test('sends users to the provider once, with the page they wanted, and shows pending meanwhile', async () => {
  const site = createSite()
  history.replaceState(null, '', '/orders?page=2#top')
  const props = { login: { parameters: { login_hint: 'mira@acme.example' } } }
  const slots = { pending: waiting, default: orders }
  const wrapper = mount(() => [h(Guard, props, slots), h(Guard, props, slots)], {
    global: { plugins: [createCountersign(site.client)] },
  })
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  await settled(site)
  expect(site.departures).toHaveLength(1)
  expect(wrapper.text()).toBe('one momentone moment')
  const departure = new URL(site.departures[0] ?? '')
  expect(departure.searchParams.get('login_hint')).toBe('mira@acme.example')
  history.replaceState(null, '', await site.idp.driver.login(departure, { user: 'mira@acme.example' }))
  expect(await site.client.handleCallback()).toEqual({ returnTo: '/orders?page=2#top' })
})

test('shows its default slot after the login, and keeps it mounted while tokens are renewed', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const life: string[] = []
  const Mortal = defineComponent(() => {
    onMounted(() => life.push('mounted'))
    onUnmounted(() => life.push('unmounted'))
    return () => h('p', 'your orders')
  })
  const wrapper = mountGuard(site, { rule: role('Staff') }, { default: () => [h(Mortal)] })
  expect(wrapper.text()).toBe('one moment')
  await vi.waitFor(() => expect(wrapper.text()).toBe('your orders'))
  const release = site.hold('token')
  const renewed = site.client.renew()
  await vi.waitFor(() => expect(site.client.getSnapshot()).toMatchObject({ renewing: true }))
  await flushPromises()
  expect(wrapper.text()).toBe('your orders')
  release()
  await renewed
  await flushPromises()
  expect(life).toEqual(['mounted'])
  expect(site.departures).toEqual([])
})

test('reuses nothing of one slot in another', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const wrapper = mountGuard(site, {}, { pending: () => [h('input')], default: () => [h('input')] })
  const before = wrapper.get('input').element
  before.value = 'typed while waiting'
  await vi.waitFor(() => expect(wrapper.get('input').element).not.toBe(before))
  expect(wrapper.get('input').element.value).toBe('')
})

test('starts no login after a failed one, and shows the error with a button that does', async () => {
  const site = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  const wrapper = mountGuard(site)
  await settled(site)
  expect(wrapper.get('[role=alert]').text()).toContain('login')
  expect(site.departures).toEqual([])
  await wrapper.get('button').trigger('click')
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
})

test('shows why an automatic login could not be started, and tries no second one', async () => {
  const fetch = vi.fn(async () => {
    throw new TypeError('offline')
  })
  const site = createSite({ fetch })
  const wrapper = mountGuard(site)
  await vi.waitFor(() => expect(wrapper.find('[role=alert]').exists()).toBe(true))
  const requests = fetch.mock.calls.length
  await settled(site)
  expect(fetch.mock.calls).toHaveLength(requests)
  await wrapper.get('button').trigger('click')
  await vi.waitFor(() => expect(fetch.mock.calls.length).toBeGreaterThan(requests))
})

test('shows pending during a logout and starts no login then or afterwards', async () => {
  const site = createSite()
  await site.signIn()
  const wrapper = mountGuard(site)
  expect(wrapper.text()).toBe('your orders')
  const release = site.hold('revoke')
  const logout = site.client.logout({ localOnly: true })
  await flushPromises()
  expect(wrapper.text()).toBe('one moment')
  release()
  await logout
  await flushPromises()
  expect(wrapper.get('button').text()).toBe('Sign in')
  expect(site.departures).toEqual([])
})

test('offers the button to users who come back by the back button out of the back-forward cache', async () => {
  const site = createSite()
  const wrapper = mountGuard(site)
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  await flushPromises()
  await wrapper.get('button').trigger('click')
  await vi.waitFor(() => expect(site.departures).toHaveLength(2))
})

test('gives state and login to the slot for signed-out users instead of starting a login', async () => {
  const site = createSite()
  const wrapper = mountGuard(
    site,
    {},
    { unauthenticated: ({ state, login }) => [h('button', { onClick: login }, `please sign in: ${state.reason}`)] },
  )
  await settled(site)
  expect(wrapper.text()).toBe('please sign in: never')
  expect(site.departures).toEqual([])
  await wrapper.get('button').trigger('click')
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
})

test('takes a bare login attribute for true, and shows nothing when login is false', async () => {
  const site = createSite()
  const global = { plugins: [createCountersign(site.client)] }
  const silent = mount({ components: { Guard }, template: '<Guard :login="false">your orders</Guard>' }, { global })
  await settled(site)
  expect(silent.text()).toBe('')
  expect(site.departures).toEqual([])
  const template = '<Guard login>your orders<template #unauthenticated>please sign in</template></Guard>'
  const leaving = mount({ components: { Guard }, template }, { global })
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  expect(leaving.text()).toBe('')
})

test('shows the denied slot, with the decision, to users who lack what the rule needs', async () => {
  const site = createSite()
  await site.signIn()
  const denied: GuardSlots['denied'] = ({ decision }) => [h('p', explainDecision(decision))]
  expect(mountGuard(site, { rule: role('Billing Admin') }, { denied }).text()).toBe('Missing: role Billing Admin.')
  expect(mountGuard(site, { rule: role('Staff') }, { denied }).text()).toBe('your orders')
})

test('decides a rule about a tenant that is known when it is shown', async () => {
  const site = createSite()
  await site.signIn()
  const rule = role('Book Keeper', { tenant: param('tenantId') })
  const { acme, globex } = demoProject.tenants
  expect(mountGuard(site, { rule, parameters: { tenantId: acme } }).text()).toBe('your orders')
  expect(mountGuard(site, { rule, parameters: { tenantId: globex } }).text()).toBe('')
  expect(mountGuard(site, { rule }).text()).toBe('')
})

test('shows why a login that the user started failed', async () => {
  const fetch = async () => {
    throw new TypeError('offline')
  }
  const site = createSite({ fetch })
  history.replaceState(null, '', '/callback?code=used&state=used')
  const wrapper = mountGuard(site)
  await vi.waitFor(() => expect(wrapper.get('[role=alert]').text()).toContain('response'))
  await wrapper.get('button').trigger('click')
  await vi.waitFor(() => expect(wrapper.get('[role=alert]').text()).not.toContain('response'))
  expect(wrapper.get('button').text()).toBe('Sign in')
})
