/** Tests that all have to fail, so that a check which lets everything pass is seen. */
import { expect, test } from 'vitest'

const text = 'one'
const error = Object.assign(new TypeError('wrong'), { code: 'A' })

test('toBe', () => expect(1).toBe(2))
test('not', () => expect(1).not.toBe(1))
test('toEqual with a further member', () => expect({ a: 1, b: 2 }).toEqual({ a: 1 }))
test('toEqual with a longer list', () => expect([1, 2]).toEqual([1]))
test('toEqual with another time', () => expect(new Date(1)).toEqual(new Date(2)))
test('toEqual with another set', () => expect(new Set([1])).toEqual(new Set([2])))
test('toEqual with other bytes', () => expect(new Uint8Array([1])).toEqual(new Uint8Array([2])))
test('toMatchObject', () => expect({ a: { b: 1 } }).toMatchObject({ a: { b: 2 } }))
test('toMatchObject of a missing member', () => expect({}).toMatchObject({ a: 1 }))
test('toBeDefined', () => expect(undefined).toBeDefined())
test('toBeUndefined', () => expect(null).toBeUndefined())
test('toHaveLength', () => expect([1]).toHaveLength(2))
test('toContain', () => expect(text).toContain('two'))
test('toMatch', () => expect(text).toMatch(/^two/))
test('toBeLessThan', () => expect(2).toBeLessThan(2))
test('toBeGreaterThan', () => expect(Number.NaN).toBeGreaterThan(0))
test('toHaveProperty', () => expect({ a: 1 }).toHaveProperty('b'))
test('toThrow without an error', () => expect(() => 1).toThrow())
test('toThrow of another message', () =>
  expect(() => {
    throw error
  }).toThrow('right'))
test('toThrow of another class', () =>
  expect(() => {
    throw error
  }).toThrow(RangeError))
test('toThrow of another member', () =>
  expect(() => {
    throw error
  }).toThrow(expect.objectContaining({ code: 'B' })))
test('resolves', async () => expect(Promise.reject(error)).resolves.toBeDefined())
test('resolves to another value', async () => expect(Promise.resolve(1)).resolves.toBe(2))
test('rejects', async () => expect(Promise.resolve(error)).rejects.toBeDefined())
test('rejects with another code', async () => expect(Promise.reject(error)).rejects.toMatchObject({ code: 'B' }))
test('rejects where it must not match', async () => expect(Promise.reject(error)).rejects.not.toBe(error))
test('any', () => expect('1').toEqual(expect.any(Number)))
test('stringMatching', () => expect(text).toEqual(expect.stringMatching(/two/)))
test('unreachable', () => expect.unreachable())
test('a check that does not exist', () => (expect(1) as unknown as Record<string, () => void>).toBeNonsense?.())
