/**
 * Looks for texts in everything that a script can reach from some objects: own properties, accessors, symbols, elements of
 * collections, attributes and children of nodes. What only closures hold can not be reached.
 *
 * Needs nothing from outside, so that it can be sent to a page as text.
 *
 * @param without - Objects to stay away from, such as the window of a test environment that is all of Node.
 * @returns The path to the first find, and how many objects were visited.
 */
export function reachText(
  needles: readonly string[],
  roots: Readonly<Record<string, unknown>>,
  without: readonly unknown[] = [],
) {
  const seen = new Set(without)
  const queue: [string, unknown][] = Object.entries(roots)
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [path, value] = next
    if (typeof value === 'string' && needles.some((needle) => value.includes(needle)))
      return { path, visited: seen.size }
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue
    seen.add(value)
    try {
      if (value instanceof Map || value instanceof Set) queue.push([`${path}()`, [...value]])
      if (typeof Node !== 'undefined' && value instanceof Node) {
        queue.push([`${path}.childNodes`, [...value.childNodes]])
        if (value instanceof Element)
          queue.push([`${path}.attributes`, [...value.attributes].map(({ value }) => value)])
      }
    } catch {
      // A prototype is no node, although it looks like one.
    }
    let keys: PropertyKey[] = []
    try {
      keys = Reflect.ownKeys(value)
    } catch {
      // As above.
    }
    for (const key of keys) {
      const step = `${path}.${String(key)}`
      try {
        // A name can be a token too.
        queue.push([step, String(key)], [step, (value as Record<PropertyKey, unknown>)[key]])
      } catch {
        // What throws shows nothing.
      }
    }
  }
  return { path: undefined, visited: seen.size }
}
