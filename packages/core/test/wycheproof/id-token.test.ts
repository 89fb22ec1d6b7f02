import { expect, test } from 'vitest'
import { judgeIdToken } from './judge-id-token.ts'
import { loadVectors, missingVectors } from './load-vectors.ts'
import { differences } from './vector.ts'

const vectors = loadVectors()
const signatures = vectors?.filter(({ file }) => file === 'json_web_signature_test') ?? []
const keyVectors = vectors?.filter(({ file }) => file === 'json_web_key_test') ?? []

if (!vectors) test.skip(missingVectors, () => {})
else {
  test('holds 401 JWS vectors of Wycheproof against the ID tokens of a page, each with the documented verdict (case E-50)', async () => {
    expect(await differences(signatures, 'id-token', judgeIdToken)).toEqual([])
    expect(signatures).toHaveLength(401)
  })

  test('holds 26 JWK vectors of Wycheproof against the keys of a provider, each with the documented verdict (case E-51)', async () => {
    expect(await differences(keyVectors, 'id-token', judgeIdToken)).toEqual([])
    expect(keyVectors).toHaveLength(26)
  })
}
