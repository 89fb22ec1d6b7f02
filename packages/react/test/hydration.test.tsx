import { role } from '@countersign/core'
import { screen } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, test, vi } from 'vitest'
import { CountersignProvider, Guard, useAccess } from '../src/index.ts'
import { createSite } from './support/site.ts'
import { Who } from './support/who.ts'

function Allowed() {
  return <b>{useAccess(role('Staff')).allowed ? 'allowed' : 'denied'}</b>
}

test('hydrates without mismatch although the client is signed in by then (behaviour 44)', async () => {
  const site = createSite()
  await site.signIn()
  const tree = (
    <CountersignProvider client={site.client}>
      <Who />
      <Allowed />
      <Guard pending={<i>one moment</i>}>your orders</Guard>
    </CountersignProvider>
  )
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = renderToString(tree)
  expect(container.innerHTML).toBe('<p>pending</p><b>denied</b><i>one moment</i>')
  const onRecoverableError = vi.fn()
  const root = hydrateRoot(container, tree, { onRecoverableError })
  await screen.findByText('Mira Tal')
  expect(container.innerHTML).toBe('<p>Mira Tal</p><b>allowed</b>your orders')
  expect(onRecoverableError).not.toHaveBeenCalled()
  root.unmount()
  container.remove()
})
