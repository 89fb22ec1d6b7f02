import type { JwsObject } from '../protocol/jws-text.ts'

const quote = 34
const backslash = 92
const colon = 58

/**
 * Parses a JSON object whose members, at every depth, are all different (RFC 7515 section 4, RFC 7519 section 4). The same
 * rule as in `protocol/jws-text`, which is made to be short; this is made to be quick.
 *
 * @returns Undefined for any other text.
 */
export function parseStrictObject(text: string | undefined): JwsObject | undefined {
  try {
    const value = JSON.parse(text ?? '')
    // JSON.parse keeps the last of repeated members, so the value has fewer of them than the text.
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && countMembers(value) === countColons(text ?? '') ? value : undefined
  } catch {
    return undefined
  }
}

/** Members of all objects in a value. */
function countMembers(value: object): number {
  const isList = Array.isArray(value)
  const members: unknown[] = isList ? value : Object.values(value)
  let count = isList ? 0 : members.length
  for (const member of members) if (typeof member === 'object' && member !== null) count += countMembers(member)
  return count
}

/** Members of all objects in a JSON text: the colons outside of strings. */
function countColons(text: string): number {
  let count = 0
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (quoted) {
      if (code === backslash) index += 1
      else quoted = code !== quote
    } else if (code === quote) quoted = true
    else if (code === colon) count += 1
  }
  return count
}
