import { createBrowserClient } from '@countersign/core/browser'
import { test } from '@countersign/mock-idp/testing/vitest'
import { CountersignProvider, useClient, useSession } from '@countersign/react'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect } from 'vitest'

function Greeting() {
  const session = useSession()
  const client = useClient()
  if (session.status === 'authenticated') return <p>Hello, {session.claims.name}</p>
  return (
    <button type="button" onClick={() => client.login()}>
      Sign in
    </button>
  )
}

afterEach(cleanup)

test('greets whoever signs in', async ({ app }) => {
  const client = createBrowserClient(app.options)
  render(<Greeting />, { wrapper: (props) => <CountersignProvider client={client} {...props} /> })
  fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(app.departures).toHaveLength(1))
  await client.handleCallback(await app.finishLogin('noa@globex.example'))
  expect(await screen.findByText('Hello, Noa Ben')).toBeTruthy()
})

test('asks for a new login once the provider ends the session', async ({ app, idp }) => {
  const client = createBrowserClient(app.options)
  render(<Greeting />, { wrapper: (props) => <CountersignProvider client={client} {...props} /> })
  await app.signIn(client)
  expect(await screen.findByText('Hello, Mira Tal')).toBeTruthy()
  idp.clock.advance(3600) // the access token has expired
  idp.faults.next('token-error', { error: 'invalid_grant' })
  await client.getAccessToken().catch(() => undefined)
  expect(await screen.findByRole('button', { name: 'Sign in' })).toBeTruthy()
})
