import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import { createCountersign, useClient } from '../src/index.ts'
import { Who, withSetup } from './support/probe.ts'
import { createSite } from './support/site.ts'

const mountWho = (client: Parameters<typeof createCountersign>[0]) =>
  mount(Who, { global: { plugins: [createCountersign(client)] } })

test('finishes a login with exactly one token request', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const wrapper = mountWho(site.client)
  expect(wrapper.text()).toBe('pending')
  await vi.waitFor(() => expect(wrapper.text()).toBe('Mira Tal'))
  expect(site.requests.filter((path) => path === 'token')).toHaveLength(1)
  expect(location.pathname + location.search).toBe('/orders?page=2')
})

test('serves a second app without any request', async () => {
  const site = createSite()
  await site.signIn()
  mountWho(site.client).unmount()
  expect(mountWho(site.client).text()).toBe('Mira Tal')
  expect(site.requests).toEqual([])
})

test('shows a logout of another tab', async () => {
  const site = createSite()
  await site.signIn()
  const wrapper = mountWho(site.client)
  const otherTab = site.openTab()
  const closeTab = otherTab.start()
  await otherTab.logout({ localOnly: true })
  await vi.waitFor(() => expect(wrapper.text()).toBe('unauthenticated'))
  closeTab()
})

test('ends its one subscription and stops listening to other tabs when the app is unmounted', async () => {
  const site = createSite()
  await site.signIn()
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void) => {
    const end = site.client.subscribe(listener)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      end()
    }
  }
  const plugin = createCountersign({ ...site.client, subscribe })
  const wrapper = mount({ components: { Who }, template: '<Who /><Who /><Who />' }, { global: { plugins: [plugin] } })
  expect(wrapper.text()).toBe('Mira TalMira TalMira Tal')
  expect(listeners.size).toBe(1)
  wrapper.unmount()
  expect(listeners.size).toBe(0)

  const [leaving, staying] = [site.openTab(), site.openTab()]
  await site.signIn(undefined, staying)
  const closeTabs = [leaving.start(), staying.start()]
  await leaving.logout({ localOnly: true })
  await vi.waitFor(() => expect(staying.getSnapshot().status).toBe('unauthenticated'))
  expect(site.client.getSnapshot().status).toBe('authenticated')
  for (const close of closeTabs) close()
})

test('gives the client to components, and names the missing plugin', () => {
  const { client } = createSite()
  expect(withSetup(client, useClient).result).toBe(client)
  const silence = vi.spyOn(console, 'warn').mockReturnValue(undefined)
  expect(() => mount(Who)).toThrow('Missing: app.use(createCountersign(client))')
  silence.mockRestore()
})
