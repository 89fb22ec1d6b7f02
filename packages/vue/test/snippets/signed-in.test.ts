import { createBrowserClient } from '@countersign/core/browser'
import { createMockIdp } from '@countersign/mock-idp'
import { createCountersign, Guard } from '@countersign/vue'
import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { h } from 'vue'

test('shows the orders after a login', async () => {
  // #region signed-in
  const idp = createMockIdp({ compat: { bindTransaction: false } })
  const client = createBrowserClient({
    issuer: idp.issuer,
    clientId: idp.projectId,
    redirectUri: `${location.origin}/callback`,
    fetch: (url, init) => idp.fetch(new Request(url, init)),
    navigate: async (url) =>
      void client.handleCallback((await idp.driver.login(url, { user: 'mira@acme.example' })).href),
  })
  await client.login()
  // #endregion
  const wrapper = mount(() => h(Guard, { login: false }, () => 'Your orders'), {
    global: { plugins: [createCountersign(client)] },
  })
  await expect.poll(() => wrapper.text()).toBe('Your orders')
})
