/** The state of a mock, kept to come back to it (IDP-SPEC 2.17). */
/** State of a mock at one moment. */
export interface MockSnapshot {
  /** Goes back to that moment: data, sessions, tokens, consents, faults, log, clock, keys and cookies. Works repeatedly. */
  restore(): void
}

/** Something whose state can be kept. */
export interface Restorable {
  /** Keeps the state of now and gives the way back to it. */
  save(): () => void
}

/** Keeps the state of all parts together. */
export function takeSnapshot(parts: readonly Restorable[]): MockSnapshot {
  const ways = parts.map((part) => part.save())
  return {
    restore() {
      for (const back of ways) back()
    },
  }
}

/** Keeps the entries of maps by value and together: a code and its tokens still share their grant afterwards. */
export function restorableMaps(maps: readonly Map<string, unknown>[]): Restorable {
  return {
    save() {
      const kept = copy(maps, new Map())
      return () => {
        // Once more by value, so that what happens after a return does not change what is kept.
        const fresh = copy(kept, new Map())
        for (const [index, map] of maps.entries()) {
          map.clear()
          for (const [key, value] of fresh[index] ?? []) map.set(key, value)
        }
      }
    },
  }
}

/** Copies plain objects, arrays, maps and sets; frozen values and all others are shared, because nobody changes them. */
function copy<Value>(value: Value, seen: Map<unknown, unknown>): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (seen.has(value)) return seen.get(value) as Value
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>()
    seen.set(value, map)
    for (const [key, member] of value) map.set(key, copy(member, seen))
    return map as Value
  }
  if (value instanceof Set) return new Set(value) as Value
  if (Array.isArray(value)) {
    const list: unknown[] = []
    seen.set(value, list)
    for (const member of value) list.push(copy(member, seen))
    return list as Value
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const object = Object.create(prototype) as Value & object
  seen.set(value, object)
  for (const [name, member] of Object.entries(value)) Reflect.set(object, name, copy(member, seen))
  return object
}
