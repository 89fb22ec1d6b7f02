import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { reachText } from '../../core/test/support/reach-text.ts'
import { CountersignProvider } from '../src/index.ts'
import { createSite } from './support/site.ts'
import { Who } from './support/who.ts'

test('no token is in the state of React that its developer tools show (case G-21)', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const { container } = render(
    <CountersignProvider client={client}>
      <Who />
    </CountersignProvider>,
  )
  expect(await screen.findByText('Mira Tal')).toBeDefined()
  const [, payload = ''] = (await client.getAccessToken()).split('.')
  const found = reachText([payload, 'eyJhbGciOi'], { container, client }, [window, globalThis])
  expect(found.path).toBeUndefined()
  // The state of components is part of what was searched.
  expect(reachText(['Mira Tal'], { container }, [window, globalThis]).path).toContain('__react')
})
