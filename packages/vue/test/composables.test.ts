import { param, role } from '@countersign/core'
import { demoProject } from '@countersign/mock-idp'
import { expect, test } from 'vitest'
import { nextTick, ref, watch } from 'vue'
import { useAccess, useAccessToken, useSession } from '../src/index.ts'
import { withSetup } from './support/probe.ts'
import { createSite } from './support/site.ts'

test('useSession goes from pending to signed in in one step (behaviour 44, complaint 22)', async () => {
  const { client, ...site } = createSite()
  await site.returnFromProvider()
  const { result } = withSetup(client, () => {
    const session = useSession()
    const states: unknown[] = [session.value]
    watch(session, (state) => states.push(state), { flush: 'sync' })
    return { session, states }
  })
  await client.handleCallback()
  expect(result.session.value).toBe(client.getSnapshot())
  expect(result.states).toMatchObject([
    { status: 'pending' },
    { status: 'authenticated', claims: { name: 'Mira Tal' } },
  ])
})

test('useSession follows a renewal without ever leaving the signed-in state', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const states: unknown[] = []
  withSetup(client, () => watch(useSession(), (state) => states.push(state), { flush: 'sync' }))
  await client.renew()
  expect(states).toMatchObject([
    { status: 'authenticated', renewing: true },
    { status: 'authenticated', renewing: false },
  ])
})

test('useAccess denies as long as nobody is signed in, and decides again after the login', async () => {
  const { client, ...site } = createSite()
  const { result } = withSetup(client, () => useAccess(role('Staff')))
  expect(result.value).toEqual({ allowed: false, gaps: [{ rule: role('Staff'), reason: 'not-granted' }] })
  await site.signIn()
  expect(result.value).toEqual({ allowed: true, gaps: [] })
})

test('useAccess decides again when the rule of a ref or getter changes', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const name = ref('Staff')
  const { result } = withSetup(client, () => useAccess(() => role(name.value)))
  expect(result.value.allowed).toBe(true)
  name.value = 'Billing Admin'
  expect(result.value).toEqual({ allowed: false, gaps: [{ rule: role('Billing Admin'), reason: 'not-granted' }] })
})

test('useAccess decides again when the parameters of a ref or getter change', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const { acme, globex } = demoProject.tenants
  const tenantId = ref(acme)
  const rule = role('Book Keeper', { tenant: param('tenantId') })
  const { result } = withSetup(client, () => useAccess(rule, () => ({ tenantId: tenantId.value })))
  expect(result.value.allowed).toBe(true)
  tenantId.value = globex
  expect(result.value).toEqual({ allowed: false, gaps: [{ rule, reason: 'not-granted' }] })
})

test('useAccess keeps the same decision through a renewal', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const { result } = withSetup(client, () => useAccess(role('Billing Admin')))
  const before = result.value
  await client.renew()
  expect(result.value).toBe(before)
})

test('useAccessToken reads the token of the moment', async () => {
  const { client, ...site } = createSite()
  const { result: getAccessToken } = withSetup(client, useAccessToken)
  await nextTick()
  await expect(getAccessToken()).rejects.toMatchObject({ code: 'OIDC_SESSION_MISSING' })
  await site.signIn()
  const token = await getAccessToken()
  site.idp.clock.advance(2)
  await client.renew()
  expect(await getAccessToken()).not.toBe(token)
  expect(await getAccessToken()).toBe(await client.getAccessToken())
})
