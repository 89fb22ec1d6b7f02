import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { reachText } from '../../core/test/support/reach-text.ts'
import { createCountersign } from '../src/index.ts'
import { Who } from './support/probe.ts'
import { createSite } from './support/site.ts'

test('no token is in the state of Vue that its developer tools show (case G-21)', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const wrapper = mount(Who, { global: { plugins: [createCountersign(client)] } })
  expect(wrapper.text()).toBe('Mira Tal')
  const [, payload = ''] = (await client.getAccessToken()).split('.')
  const { element, vm } = wrapper
  const found = reachText([payload, 'eyJhbGciOi'], { element, instance: vm.$, client }, [window, globalThis])
  expect(found.path).toBeUndefined()
  // The state of components is part of what was searched.
  expect(reachText(['Mira Tal'], { tree: vm.$.subTree }, [window, globalThis]).path).toBeDefined()
})
