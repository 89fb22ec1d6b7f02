import { test } from '@countersign/mock-idp/testing/vitest'
import { expect } from 'vitest'

test('Mira is signed in', async ({ signedIn }) => {
  expect(signedIn.claims.name).toBe('Mira Tal')
})
