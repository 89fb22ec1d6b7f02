import { ConfigurationError } from './errors.ts'

/** What one option accepts: a type of value (a text not being empty), the bounds of a number, or words and a test. */
export type OptionRule =
  | 'string'
  | 'object'
  | 'function'
  | 'boolean'
  | readonly [least: number, most: number]
  | readonly [allowed: string, accepts: (value: unknown) => boolean]

/** The rule of each option that exists. */
export type OptionRules<Options> = Readonly<Record<keyof Options, OptionRule>>

type Members = { readonly [name: string]: unknown } | null | undefined

const secureWords = 'an https URL (http on loopback)'

/** A URL that may carry codes and tokens. */
export const secureUrl: OptionRule = [secureWords, isSecureUrl]

/** An issuer identifier: OpenID Connect Discovery 1.0 section 3 allows neither query nor fragment. */
export const issuerUrl: OptionRule = [
  `${secureWords} without query and fragment`,
  (value) => isSecureUrl(value) && !/[?#]/.test(value as string),
]

/** A list of texts. */
export const texts: OptionRule = ['a list of texts', isListOfTexts]

/** A list of texts with at least one member. */
export const someTexts: OptionRule = [
  'a list of texts with at least one member',
  (value) => isListOfTexts(value) && value.length > 0,
]

/** A text, or a list of texts with at least one member. */
export const textOrTexts: OptionRule = [
  'a text or a list of texts, none of them empty',
  (value) => isListOfTexts([value].flat()) && [value].flat().length > 0,
]

/** One of some words, separated by spaces. */
export function oneOf(words: string): OptionRule {
  return [`one of: ${words}`, (value) => words.split(' ').includes(value as string)]
}

/** What one of our functions makes, told by a method that it has. */
export function resultOf(maker: string, method: string): OptionRule {
  return [`the result of ${maker}`, (value) => typeof (value as Members)?.[method] === 'function']
}

/**
 * Tells whether a text is an absolute https URL, or an http URL of a loopback host (RFC 8252 section 8.3).
 *
 * @param text - The URL.
 */
export function isSecureUrl(text: unknown): boolean {
  // Not URL.parse, which the lowest Node 22 does not have.
  if (typeof text !== 'string' || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
}

/**
 * Checks options before anything is created from them.
 *
 * @param options - What the caller gave.
 * @param rules - Every option that exists.
 * @param required - Names that must be given.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function checkOptions<Options extends object>(
  options: Options,
  rules: OptionRules<Options>,
  required: readonly (keyof Options & string)[],
): void {
  for (const name of [...required, ...(Object.keys(options) as (keyof Options & string)[])]) {
    if (!Object.hasOwn(rules, name)) {
      throw new ConfigurationError(
        'OIDC_OPTION_UNKNOWN',
        `There is no option "${name}", only ${Object.keys(rules).join(', ')}.`,
      )
    }
    const rule = rules[name]
    const value = options[name]
    if (!accepts(rule, value) && (value !== undefined || required.includes(name))) {
      const allowed =
        typeof rule === 'string' ? `a ${rule}` : typeof rule[0] === 'string' ? rule[0] : `in ${rule.join(' to ')}`
      // A text in place of an object or a function is likely what that was to be made of: a password, the URL of a database.
      // So are the members of an object in place of another.
      const given = (value && typeof rule === 'string' ? '' : JSON.stringify(value, [])) || typeof value
      throw new ConfigurationError('OIDC_OPTION_INVALID', `"${name}" must be ${allowed}, not ${given}.`)
    }
  }
}

function accepts(rule: OptionRule, value: unknown): boolean {
  if (typeof rule === 'string') return typeof value === rule && value !== '' && value !== null
  const [least, most] = rule
  if (typeof most === 'function') return most(value)
  return typeof value === 'number' && value >= (least as number) && value <= most
}

/** Tells whether a value is a list of texts, none of them empty: a text alone is never split or matched in part. */
export function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => item && typeof item === 'string')
}
