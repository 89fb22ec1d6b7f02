import { isOidcError } from '@countersign/core'
import { createAccessTokenVerifier } from '@countersign/core/api'
import { createMockIdp } from '@countersign/mock-idp'
import { signIn } from '@countersign/mock-idp/testing'
import { test } from '@countersign/mock-idp/testing/vitest'
import { expect } from 'vitest'

const faults = createMockIdp()
  .faults.list()
  .filter(({ name }) => /^access-token-(iss|aud|exp|nbf|alg|signature)/.test(name))

test.for(faults)('an API meets $name as it should', async ({ name, valid }, { idp }) => {
  const verifier = createAccessTokenVerifier({
    issuer: idp.issuer,
    audience: idp.projectId,
    profile: 'descope',
    fetch: (url, init) => idp.fetch(new Request(url, init)),
  })
  idp.faults.next(name)
  const { accessToken } = await signIn(idp)
  const verified = verifier.verify(accessToken)
  if (valid) await expect(verified).resolves.toHaveProperty('claims')
  else await expect(verified).rejects.toSatisfy((error) => isOidcError(error))
})
