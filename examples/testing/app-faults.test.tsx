import { isOidcError } from '@countersign/core'
import { type BrowserClient, createBrowserClient } from '@countersign/core/browser'
import { createMockIdp } from '@countersign/mock-idp'
import type { AppDouble } from '@countersign/mock-idp/testing'
import { test } from '@countersign/mock-idp/testing/vitest'
import { describe, expect, onTestFinished } from 'vitest'

const faults = createMockIdp().faults.list()
const loginAreas = ['metadata', 'keys', 'authorization-response', 'token-response', 'id-token']
// What authorize does to a hidden frame needs a browser.
const loginFaults = faults.filter(({ area, name }) => loginAreas.includes(area) && !name.startsWith('authorize-'))
const outages = faults.filter(({ name }) => /^token-(hang|status-429|status-5|not-json|redirect)/.test(name))

function openApp(app: AppDouble): BrowserClient {
  const client = createBrowserClient({ ...app.options, timeoutMs: 500 })
  onTestFinished(client.start())
  return client
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a login', () => {
  test.for(loginFaults)('meets $name with a session or a typed error', async ({ name }, { app, idp }) => {
    const client = openApp(app)
    idp.faults.next(name)
    const error = await errorOf(app.signIn(client))
    const session = client.getSnapshot()
    if (error === undefined) expect(session).toMatchObject({ claims: { name: 'Mira Tal' } })
    else expect([isOidcError(error), session.status]).toEqual([true, 'unauthenticated'])

    idp.faults.clear()
    const reloaded = openApp(app)
    await app.signIn(reloaded)
    expect(reloaded.getSnapshot().status).toBe('authenticated')
  })
})

describe('a session', () => {
  test.for(outages)('outlives $name', async ({ name }, { app, idp }) => {
    const client = openApp(app)
    await app.signIn(client)
    idp.clock.advance(3600) // the access token has expired
    idp.faults.next(name)
    expect(isOidcError(await errorOf(client.getAccessToken()))).toBe(true)
    expect(client.getSnapshot().status).toBe('authenticated')
    idp.clock.advance(5) // longer than any Retry-After of the mock
    await expect(client.getAccessToken()).resolves.toBeTypeOf('string')
  })

  const userinfoFaults = faults.filter(({ area }) => area === 'userinfo')
  test.for(userinfoFaults)('outlives $name', async ({ name }, { app, idp }) => {
    const client = openApp(app)
    await app.signIn(client)
    idp.faults.next(name)
    const error = await errorOf(client.fetchUserInfo())
    expect(error === undefined || isOidcError(error)).toBe(true)
    expect(client.getSnapshot().status).toBe('authenticated')
  })
})
