import { expect, inject, test } from 'vitest'
import { judgeIdToken } from './judge-id-token.ts'
import { differences } from './vector.ts'

const vectors = inject('wycheproof')

test.skipIf(vectors.length === 0)(
  'gives each of the 427 JWS and JWK vectors of Wycheproof the documented verdict in a browser, by its own cryptography (cases E-50, E-51 and L-51)',
  async () => {
    expect(await differences(vectors, 'id-token', judgeIdToken)).toEqual([])
    expect(vectors).toHaveLength(427)
  },
)
