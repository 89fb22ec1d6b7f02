import type { JwsObject } from '../protocol/jws-text.ts'

const space = 32
const backslash = 92
const colon = 58
/** No claim nests deeper. What does would end the stack of whoever walks through it, such as `JSON.stringify`. */
const mostLevels = 100

/**
 * Parses a JSON object whose members, at every depth, are all different (RFC 7515 section 4, RFC 7519 section 4). The same
 * rule as in `protocol/jws-text`, which is made to be short; this is made to be quick.
 *
 * @returns The object, frozen to its depth; undefined for any other text, and for one of more than 100 levels.
 */
export function parseStrictObject(text: string | undefined): JwsObject | undefined {
  try {
    const value = JSON.parse(text ?? '')
    // JSON.parse keeps the last of repeated members, so the value has fewer of them than the text.
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && freezeMembers(value, 1) === countNames(text ?? '') ? value : undefined
  } catch {
    return undefined
  }
}

/** Freezes a value to its depth, and says how many members all objects in it have. */
function freezeMembers(value: object, level: number): number {
  if (level > mostLevels) return Number.NaN
  const isList = Array.isArray(value)
  const members: unknown[] = isList ? value : Object.values(value)
  let count = isList ? 0 : members.length
  for (const member of members)
    if (typeof member === 'object' && member !== null) count += freezeMembers(member, level + 1)
  Object.freeze(value)
  return count
}

/** Members of all objects in a JSON text: the texts with a colon behind them. */
function countNames(json: string): number {
  let count = 0
  for (let start = json.indexOf('"'); start !== -1; ) {
    let end = json.indexOf('"', start + 1)
    while (isEscaped(json, end)) end = json.indexOf('"', end + 1)
    let next = end + 1
    while (json.charCodeAt(next) <= space) next += 1
    if (json.charCodeAt(next) === colon) count += 1
    start = json.indexOf('"', next)
  }
  return count
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(json: string, quote: number): boolean {
  let index = quote
  while (json.charCodeAt(index - 1) === backslash) index -= 1
  return (quote - index) % 2 === 1
}
