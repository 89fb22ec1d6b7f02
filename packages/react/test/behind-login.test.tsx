import { createBrowserClient } from '@countersign/core/browser'
import { test } from '@countersign/mock-idp/testing/vitest'
import { render, screen } from '@testing-library/react'
import { expect } from 'vitest'
import { CountersignProvider } from '../src/index.ts'
import { Who } from './support/who.ts'

test('a component behind login is tested with two lines: a client of the mock, and a login (complaint 24)', async ({
  app,
}) => {
  const client = createBrowserClient(app.options)
  await app.signIn(client)
  render(<Who />, { wrapper: (props) => <CountersignProvider client={client} {...props} /> })
  expect(await screen.findByText('Mira Tal')).toBeDefined()
})
