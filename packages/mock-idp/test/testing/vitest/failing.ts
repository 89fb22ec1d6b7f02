import { test } from '@countersign/mock-idp/testing/vitest'
import { expect } from 'vitest'

test('fails on purpose', async ({ idp }) => {
  await idp.fetch(new Request(`${idp.origin}/oauth2/v1/token`, { method: 'POST' }))
  expect(idp.origin).toBe('another')
})
