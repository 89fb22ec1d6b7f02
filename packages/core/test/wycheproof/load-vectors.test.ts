import { expect, onTestFinished, test, vi } from 'vitest'
import exceptions from './exceptions.json' with { type: 'json' }
import { loadVectors, missingVectors } from './load-vectors.ts'

const vectors = loadVectors()

if (!vectors) test.skip(missingVectors, () => {})
else {
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
