// @vitest-environment node
import { createBrowserClient } from '@countersign/core/browser'
import { expect, test } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { createCountersign, Guard, requireSession } from '../src/index.ts'
import { Who } from './support/probe.ts'

const client = createBrowserClient({
  issuer: 'https://idp.example',
  clientId: 'app',
  redirectUri: 'https://app.example/callback',
})

test('renders the pending state on a server, where there is no window (case G-38; behaviour 43)', async () => {
  expect(typeof window).toBe('undefined')
  const slots = { pending: () => [h('i', 'one moment')], default: () => [h('b', 'secret')] }
  const app = createSSRApp({ render: () => h('main', [h(Who), h(Guard, null, slots)]) }).use(createCountersign(client))
  expect(await renderToString(app)).toBe('<main><p>pending</p><!--[--><i>one moment</i><!--]--></main>')
})

test('lets navigations pass on a server, so that the page renders its pending state', async () => {
  expect(await requireSession(client)({ path: '/orders', fullPath: '/orders' })).toBe(true)
})
