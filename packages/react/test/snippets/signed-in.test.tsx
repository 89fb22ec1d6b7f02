import { createBrowserClient } from '@countersign/core/browser'
import { createMockIdp } from '@countersign/mock-idp'
import { CountersignProvider, Guard } from '@countersign/react'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'

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
  render(
    <CountersignProvider client={client}>
      <Guard login={false}>Your orders</Guard>
    </CountersignProvider>,
  )
  expect(await screen.findByText('Your orders')).toBeDefined()
})
