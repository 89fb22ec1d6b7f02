import { type AccessDecision, param, permission, role, scope } from '@countersign/core'
import { demoProject } from '@countersign/mock-idp'
import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { useAccess } from '../src/index.ts'
import { provided } from './support/provided.ts'
import { createSite } from './support/site.ts'

test('denies as long as nobody is signed in, and decides again after the login', async () => {
  const { client, ...site } = createSite()
  const { result } = renderHook(() => useAccess(role('Staff')), { wrapper: provided(client) })
  expect(result.current).toEqual({ allowed: false, gaps: [{ rule: role('Staff'), reason: 'not-granted' }] })
  await act(() => site.signIn())
  expect(result.current).toEqual({ allowed: true, gaps: [] })
})

test('decides again when the rule changes', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const initialProps = { name: 'Staff' }
  const { result, rerender } = renderHook(({ name }) => useAccess(role(name)), {
    wrapper: provided(client),
    initialProps,
  })
  expect(result.current.allowed).toBe(true)
  rerender({ name: 'Billing Admin' })
  expect(result.current).toEqual({ allowed: false, gaps: [{ rule: role('Billing Admin'), reason: 'not-granted' }] })
})

test('decides again when the parameters change', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const { acme, globex } = demoProject.tenants
  const rule = role('Book Keeper', { tenant: param('tenantId') })
  const { result, rerender } = renderHook(({ tenantId }) => useAccess(rule, { tenantId }), {
    wrapper: provided(client),
    initialProps: { tenantId: acme as string },
  })
  expect(result.current.allowed).toBe(true)
  rerender({ tenantId: globex })
  expect(result.current).toEqual({ allowed: false, gaps: [{ rule, reason: 'not-granted' }] })
})

test('returns the same decision for an inline rule, also after more renders and a renewal', async () => {
  const { client, ...site } = createSite()
  await site.signIn()
  const decisions: AccessDecision[] = []
  const { rerender } = renderHook(() => decisions.push(useAccess(role('Billing Admin'))), { wrapper: provided(client) })
  rerender()
  await act(() => client.renew())
  expect(decisions.length).toBeGreaterThan(3)
  expect(new Set(decisions).size).toBe(1)
})

test('knows scopes, and permissions within one tenant', async () => {
  const { client, ...site } = createSite()
  await site.signIn(demoProject.users.noa.loginId)
  const tenant = demoProject.tenants.globex
  const { result } = renderHook(
    () => [
      useAccess(permission('contacts.view', { tenant })).allowed,
      useAccess(permission('contacts.edit', { tenant })).allowed,
      useAccess(scope('email')).allowed,
    ],
    { wrapper: provided(client) },
  )
  expect(result.current).toEqual([true, false, true])
})
