import { role } from '@countersign/core'
import { expect, test, vi } from 'vitest'
import { createSSRApp, defineComponent, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createCountersign, Guard, useAccess } from '../src/index.ts'
import { Who } from './support/probe.ts'
import { createSite } from './support/site.ts'

const Allowed = defineComponent(() => {
  const decision = useAccess(role('Staff'))
  return () => h('b', decision.value.allowed ? 'allowed' : 'denied')
})

test('hydrates without mismatch although the client is signed in by then (behaviour 44)', async () => {
  const site = createSite()
  await site.signIn()
  const slots = { pending: () => [h('i', 'one moment')], default: () => [h('u', 'your orders')] }
  const createPage = (client: typeof site.client) =>
    createSSRApp({ render: () => h('main', [h(Who), h(Allowed), h(Guard, null, slots)]) }).use(
      createCountersign(client),
    )
  const container = document.createElement('div')
  container.innerHTML = await renderToString(createPage(site.openTab()))
  expect(container.textContent).toBe('pendingdeniedone moment')
  const [warn, error] = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')]
  const app = createPage(site.client)
  app.mount(container)
  await vi.waitFor(() => expect(container.textContent).toBe('Mira Talallowedyour orders'))
  expect(warn).not.toHaveBeenCalled()
  expect(error).not.toHaveBeenCalled()
  app.unmount()
})
