/** Paths of dynamic values: names with dots between, a backslash in front of a dot that belongs to a name (4.6). */

const deepest = 20

/** Splits a path; `undefined` when it is empty, has an empty part or is deeper than 20. */
export function parsePath(text: string): readonly [string, ...string[]] | undefined {
  const parts: string[] = []
  let part = ''
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index)
    if (character === '\\' && index + 1 < text.length) part += text.charAt(++index)
    else if (character === '.') {
      parts.push(part)
      part = ''
    } else part += character
  }
  parts.push(part)
  const [first, ...rest] = parts
  if (first === undefined || parts.length > deepest || parts.includes('')) return undefined
  return [first, ...rest]
}

/** Follows own properties and array indexes; `undefined` where there is nothing. */
export function readPath(value: unknown, path: readonly string[]): unknown {
  let current = value
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined
    if (Array.isArray(current) && !/^\d+$/.test(part)) return undefined
    if (!Object.hasOwn(current, part)) return undefined
    current = Reflect.get(current, part)
  }
  return current ?? undefined
}
