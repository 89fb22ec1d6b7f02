/** Whether values are equal, as `toEqual` and `toMatchObject` of Vitest mean it. Runs in every runtime. */

/** Stands for every value that it matches. */
export interface Pattern {
  asymmetricMatch(value: unknown): boolean
}

function isPattern(value: unknown): value is Pattern {
  return typeof (value as Partial<Pattern> | null)?.asymmetricMatch === 'function'
}

/**
 * @param subset - Whether objects may have more members than expected, as `toMatchObject` allows.
 */
export function equal(found: unknown, expected: unknown, subset = false): boolean {
  if (isPattern(expected)) return expected.asymmetricMatch(found)
  if (Object.is(found, expected)) return true
  if (typeof found !== 'object' || typeof expected !== 'object' || !found || !expected) return false
  if (expected instanceof Date) return found instanceof Date && Object.is(found.getTime(), expected.getTime())
  if (expected instanceof Error) {
    return found instanceof Error && found.name === expected.name && found.message === expected.message
  }
  if (expected instanceof Set || expected instanceof Map) {
    return found.constructor === expected.constructor && equal([...(found as Set<unknown>)], [...expected], subset)
  }
  if (Array.isArray(expected) || ArrayBuffer.isView(expected)) {
    const [left, right] = [found as ArrayLike<unknown>, expected as unknown as ArrayLike<unknown>]
    if (Array.isArray(found) !== Array.isArray(expected) || left.length !== right.length) return false
    return Array.from(right).every((item, index) => equal(left[index], item, subset))
  }
  if (Array.isArray(found)) return false
  const members = (value: object) => Object.keys(value).filter((name) => (value as Members)[name] !== undefined)
  const names = subset ? Object.keys(expected) : [...new Set([...members(found), ...members(expected)])]
  return names.every((name) => equal((found as Members)[name], (expected as Members)[name], subset))
}

type Members = Record<string, unknown>
