import { describe, expect, test } from 'vitest'
import { clientSecretBasic, clientSecretPost } from '../../src/index.ts'

describe.each([
  ['clientSecretBasic', clientSecretBasic],
  ['clientSecretPost', clientSecretPost],
])('%s', (_, authenticationBy) => {
  test.each([
    ['', 'not an empty one'],
    [undefined, 'not undefined'],
    [{ secret: 's3cret' }, 'not object'],
  ])('refuses %j when it is made, and quotes nothing', (secret, message) => {
    const make = () => authenticationBy(secret as string)
    expect(make).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    expect(make).toThrow(`The client secret must be a text, ${message}.`)
    expect(() => authenticationBy('s3cret')).not.toThrow()
  })
})
