import { countMembers, type JwsObject } from '../protocol/jws-text.ts'

const space = 32
const quote = 34
/** No claim nests deeper. What does would end the stack of whoever walks through it, such as `JSON.stringify`. */
const mostLevels = 100

/**
 * Parses a JSON object whose members, at every depth, are all different (RFC 7515 section 4, RFC 7519 section 4). The same
 * rule as in `protocol/jws-text`, which is made to be short; this is made to be quick.
 *
 * @returns The object, frozen to its depth; undefined for any other text, for one of more than 100 levels, and for one with a
 *   backslash in the name of a member.
 */
export function parseStrictObject(text: string | undefined): JwsObject | undefined {
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    // JSON.parse keeps the last of repeated members, so the value has fewer of them than the text.
    const members = freezeMembers(value, 1)
    if (members !== countColons(text) && members + 1 !== countMembers(text)) return undefined
    return text.includes('\\') && hasBackslash(value) ? undefined : value
  } catch {
    return undefined
  }
}

/**
 * Freezes a value to its depth.
 *
 * @param level - 1 for the root.
 * @returns How many members all objects in it have; NaN for a value of more than 100 levels, which is frozen in part.
 */
export function freezeMembers(value: object, level: number): number {
  if (level > mostLevels) return Number.NaN
  const isList = Array.isArray(value)
  const members: unknown[] = isList ? value : Object.values(value)
  let count = isList ? 0 : members.length
  for (const member of members)
    if (typeof member === 'object' && member !== null) count += freezeMembers(member, level + 1)
  Object.freeze(value)
  return count
}

/**
 * Whether the name of a member has a backslash. V8 may take a name that is written with an escape for one that it has read
 * before, where that begins with the same characters: after `{"a":1,"\\":2}` it reads `{"a":1,"\u0061":2}` as the same, which
 * would hide a name that comes twice. Every name that it so takes another one for has a backslash.
 */
function hasBackslash(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => name.includes('\\') || hasBackslash(member))
}

/** Colons behind a quote: all members of a JSON text, and in a rare one something inside a string too. */
function countColons(json: string): number {
  let count = 0
  for (let colon = json.indexOf(':'); colon !== -1; colon = json.indexOf(':', colon + 1)) {
    let before = colon - 1
    while (json.charCodeAt(before) <= space) before -= 1
    if (json.charCodeAt(before) === quote) count += 1
  }
  return count
}
