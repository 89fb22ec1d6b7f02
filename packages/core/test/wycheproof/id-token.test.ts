import { expect, onTestFinished, test, vi } from 'vitest'
import exceptions from './exceptions.json' with { type: 'json' }
import { judgeIdToken } from './judge-id-token.ts'
import { loadVectors, missingVectors } from './load-vectors.ts'
import { differences } from './vector.ts'

const vectors = loadVectors()
const signatures = vectors?.filter(({ file }) => file === 'json_web_signature_test') ?? []
const keyVectors = vectors?.filter(({ file }) => file === 'json_web_key_test') ?? []

if (!vectors) test.skip(missingVectors, () => {})
else {
  test('holds 401 JWS vectors of Wycheproof against the ID tokens of a page, each with the documented verdict (case E-50)', async () => {
    expect(await differences(signatures, judgeIdToken)).toEqual([])
    expect(signatures).toHaveLength(401)
  })

  test('holds 26 JWK vectors of Wycheproof against the keys of a provider, each with the documented verdict (case E-51)', async () => {
    expect(await differences(keyVectors, judgeIdToken)).toEqual([])
    expect(keyVectors).toHaveLength(26)
  })

  test('names each exception once, for a vector that exists, with a reason', () => {
    const names = exceptions.flatMap(({ file, vectors: ids }) => ids.map((id) => `${file} ${id}`))
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !vectors.some(({ file, id }) => name === `${file} ${id}`))).toEqual([])
    expect(exceptions.filter(({ reason }) => reason.length < 10)).toEqual([])
  })
}

test('says where the vectors belong when they are missing, and fails without them in CI alone', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const nowhere = { WYCHEPROOF_DIR: import.meta.dirname }
  expect(loadVectors(nowhere)).toBeUndefined()
  expect(warn).toHaveBeenCalledExactlyOnceWith(missingVectors)
  expect(() => loadVectors({ ...nowhere, CI: 'true' })).toThrow(missingVectors)
})
