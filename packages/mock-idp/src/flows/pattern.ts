/**
 * Regular expressions of flows, in linear time (IDP-SPEC 4.7, `matches`; docs/decisions/007).
 *
 * The engine of the platform backtracks: a pattern of a few characters can keep it busy for hours. This one walks the
 * text once, with work per character that grows with the compiled pattern, so three limits bound the whole.
 */
import { RE2JS } from 're2js'

/** Characters of a pattern. */
const longestPattern = 1000
/** Characters of a text that is matched; a longer one does not match. */
const longestText = 1000
/** Instructions of a compiled pattern; a counted repetition stands for as many copies of what it repeats. */
const largestProgram = 500

/**
 * Compiles a pattern in the syntax of JavaScript, without look-around and back references.
 *
 * @throws {TypeError} With what is allowed, for the message of a check.
 */
export function compilePattern(pattern: string): { readonly matches: (text: string) => boolean } {
  if (pattern.length > longestPattern) throw new TypeError(`expected at most ${longestPattern} characters`)
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
  } catch {
    throw new TypeError('expected a regular expression without look-around and back references')
  }
  if (compiled.programSize() > largestProgram) {
    throw new TypeError('expected a regular expression with smaller counted repetitions')
  }
  return { matches: (text) => text.length <= longestText && compiled.test(text) }
}

/** True when the text has a match of the pattern; false also for a pattern that cannot be used. */
export function matchesPattern(pattern: string, text: string): boolean {
  try {
    return compilePattern(pattern).matches(text)
  } catch {
    return false
  }
}
