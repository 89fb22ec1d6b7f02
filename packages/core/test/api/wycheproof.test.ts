import { expect, test } from 'vitest'
import { createNodeSignatures } from '../../src/api/node-signatures.ts'
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { judgeAccessToken } from '../wycheproof/judge-access-token.ts'
import { loadVectors, missingVectors } from '../wycheproof/load-vectors.ts'
import { differences, type Vector } from '../wycheproof/vector.ts'

/** Every way that this runtime can check signatures: on the calling thread, on other threads, and as the web does. */
const ways = [createNodeSignatures(Number.POSITIVE_INFINITY), createNodeSignatures(0), createWebSignatures()].filter(
  (way) => way !== undefined,
)
const vectors = loadVectors()

async function differencesOf(file: Vector['file']): Promise<{ readonly count: number; readonly lines: string[] }> {
  const chosen = vectors?.filter((vector) => vector.file === file) ?? []
  const lines: string[] = []
  for (const way of ways)
    lines.push(...(await differences(chosen, 'access-token', (vector) => judgeAccessToken(vector, way))))
  return { count: chosen.length, lines }
}

if (!vectors) test.skip(missingVectors, () => {})
else {
  test('holds 401 JWS vectors of Wycheproof against access tokens on every path of the runtime, each with the documented verdict (cases E-50, L-06 and L-51)', async () => {
    expect(await differencesOf('json_web_signature_test')).toEqual({ count: 401, lines: [] })
  })

  test('holds 26 JWK vectors of Wycheproof against the keys of an issuer on every path of the runtime, each with the documented verdict (case E-51)', async () => {
    expect(await differencesOf('json_web_key_test')).toEqual({ count: 26, lines: [] })
  })
}
