import type { ErrorCodeOf } from './error-codes.ts'
import { ConfigurationError } from './errors.ts'

/** What one option accepts: in words, and as a test. */
export type OptionRule = readonly [allowed: string, accepts: (value: unknown) => boolean]

/**
 * Tells whether a text is an absolute https URL, or an http URL of a loopback host (RFC 8252 section 8.3).
 *
 * @param text - The URL.
 */
export function isSecureUrl(text: unknown): boolean {
  if (typeof text !== 'string' || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname))
  )
}

/** A text with at least one character. */
export const textOption: OptionRule = ['a text', (value) => typeof value === 'string' && value !== '']
/** A URL that may carry codes and tokens. */
export const urlOption: OptionRule = ['an https URL (http on loopback hosts)', isSecureUrl]
/** An issuer identifier (OpenID Connect Discovery 1.0 section 3). */
export const issuerOption: OptionRule = [
  'an https URL without query and fragment (http on loopback hosts)',
  (value) => isSecureUrl(value) && !/[?#]/.test(value as string),
]
/** An object. */
export const objectOption: OptionRule = ['an object', (value) => typeof value === 'object' && value !== null]
/** A function. */
export const functionOption: OptionRule = ['a function', (value) => typeof value === 'function']
/** true or false. */
export const booleanOption: OptionRule = ['true or false', (value) => typeof value === 'boolean']
/** A list of texts. */
export const textsOption: OptionRule = [
  'a list of texts',
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
]
/** A number within bounds. */
export function numberOption(least: number, most: number): OptionRule {
  return [`a number from ${least} to ${most}`, (value) => typeof value === 'number' && value >= least && value <= most]
}
/** One of some texts. */
export function choiceOption(...choices: readonly string[]): OptionRule {
  return [`one of ${choices.join(', ')}`, (value) => choices.includes(value as string)]
}

/**
 * Checks options before anything is created from them.
 *
 * @param options - What the caller gave.
 * @param rules - Every option that exists.
 * @param required - Names that must be given.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 */
export function checkOptions(
  options: object,
  rules: Readonly<Record<string, OptionRule>>,
  required: readonly string[],
): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name)) {
      fail('OIDC_OPTION_UNKNOWN', `There is no option "${name}". Options: ${Object.keys(rules).join(', ')}.`)
    }
  }
  for (const [name, [allowed, accepts]] of Object.entries(rules)) {
    const value = (options as Record<string, unknown>)[name]
    if (value === undefined ? required.includes(name) : !accepts(value)) {
      const shown =
        /secret|key/i.test(name) && value ? 'another value' : typeof value === 'string' ? `"${value}"` : String(value)
      fail(
        typeof value === 'string' && /^http:/i.test(value) && !isSecureUrl(value)
          ? 'OIDC_URL_INSECURE'
          : 'OIDC_OPTION_INVALID',
        `The option "${name}" must be ${allowed}, received ${shown}.`,
      )
    }
  }
}

function fail(code: ErrorCodeOf<'ConfigurationError'>, message: string): never {
  throw new ConfigurationError(code, message)
}
