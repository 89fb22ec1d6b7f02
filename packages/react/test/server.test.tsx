// @vitest-environment node
import { createBrowserClient } from '@countersign/core/browser'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { CountersignProvider, Guard } from '../src/index.ts'
import { Who } from './support/who.ts'

test('renders the pending state on a server, where there is no window (case G-38; behaviour 43)', () => {
  expect(typeof window).toBe('undefined')
  const client = createBrowserClient({
    issuer: 'https://idp.example',
    clientId: 'app',
    redirectUri: 'https://app.example/callback',
  })
  const html = renderToString(
    <CountersignProvider client={client}>
      <Who />
      <Guard pending={<i>one moment</i>}>secret</Guard>
    </CountersignProvider>,
  )
  expect(html).toBe('<p>pending</p><i>one moment</i>')
})
