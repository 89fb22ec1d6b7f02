import { isOidcError } from '@countersign/core'
import { expect, test } from 'vitest'
import { requireAuth } from '../src/index.ts'

test('says what to do when no guard ran before the handler', () => {
  const read = () => requireAuth({})
  expect(read).toThrow('put a middleware of an access guard in front of this handler')
  expect(read).toThrow(expect.toSatisfy((error: unknown) => isOidcError(error, 'OIDC_TOKEN_MISSING')))
})
