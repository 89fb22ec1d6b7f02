import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { useAccessToken, useSession } from '../src/index.ts'
import { provided } from './support/provided.ts'
import { createSite } from './support/site.ts'

test('gives one function for the life of the component, which reads the token of the moment', async () => {
  const { client, ...site } = createSite()
  const functions: (() => Promise<string>)[] = []
  renderHook(
    () => {
      useSession()
      functions.push(useAccessToken())
    },
    { wrapper: provided(client) },
  )
  const [getAccessToken = async () => 'no function'] = functions
  await expect(getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  await act(() => site.signIn())
  const token = await getAccessToken()
  expect(token).toBe(await client.getAccessToken())
  site.idp.clock.advance(2)
  await act(() => client.renew())
  expect(await getAccessToken()).not.toBe(token)
  expect(functions.length).toBeGreaterThan(2)
  expect(new Set(functions).size).toBe(1)
})
