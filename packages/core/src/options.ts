import type { ErrorCodeOf } from './error-codes.ts'
import { ConfigurationError } from './errors.ts'

/** What one option accepts: a kind of value, the form of a text, or the bounds of a number. */
export type OptionRule =
  | 'function'
  | 'object'
  | 'boolean'
  | 'url'
  | 'issuer'
  | 'texts'
  | RegExp
  | readonly [least: number, most: number]

/** The rule of each option that exists. */
export type OptionRules<Options> = Readonly<Record<keyof Options, OptionRule>>

/** Any text but the empty one. */
export const anyText: RegExp = /./

/**
 * Tells whether a text is an absolute https URL, or an http URL of a loopback host (RFC 8252 section 8.3).
 *
 * @param text - The URL.
 */
export function isSecureUrl(text: unknown): boolean {
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
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_URL_INSECURE`.
 */
export function checkOptions<Options extends object>(
  options: Options,
  rules: OptionRules<Options>,
  required: readonly (keyof Options & string)[],
): void {
  for (const name of new Set([...required, ...Object.keys(options)])) {
    if (!Object.hasOwn(rules, name)) {
      fail('OIDC_OPTION_UNKNOWN', `"${name}" is no option. There are ${Object.keys(rules).join(', ')}.`)
    }
    const value = options[name as keyof Options]
    const rule = rules[name as keyof Options]
    if (value === undefined ? required.includes(name as keyof Options & string) : !accepts(rule, value)) {
      const insecure = /^http:/i.test(String(value)) && (rule === 'url' || rule === 'issuer') && !isSecureUrl(value)
      fail(
        insecure ? 'OIDC_URL_INSECURE' : 'OIDC_OPTION_INVALID',
        `"${name}" must be ${describe(rule)}, not ${/secret/i.test(name) ? 'what was given' : JSON.stringify(value)}.`,
      )
    }
  }
}

function accepts(rule: OptionRule, value: unknown): boolean {
  if (rule === 'url') return isSecureUrl(value)
  // OpenID Connect Discovery 1.0 section 3: an issuer has neither query nor fragment.
  if (rule === 'issuer') return isSecureUrl(value) && !/[?#]/.test(String(value))
  if (rule instanceof RegExp) return typeof value === 'string' && rule.test(value)
  if (rule === 'texts')
    return Array.isArray(value) && !!value.length && value.every((item) => item && typeof item === 'string')
  if (typeof rule === 'string') return typeof value === rule && value !== null
  return typeof value === 'number' && value >= rule[0] && value <= rule[1]
}

function describe(rule: OptionRule): string {
  if (rule === 'url' || rule === 'issuer') {
    return `an https URL${rule === 'issuer' ? ' without query and fragment' : ''} (http on loopback hosts only)`
  }
  if (rule instanceof RegExp) return rule === anyText ? 'a text' : `a text that fits ${rule}`
  if (rule === 'texts') return 'a list of texts'
  return typeof rule === 'string' ? `of type ${rule}` : `a number from ${rule[0]} to ${rule[1]}`
}

function fail(code: ErrorCodeOf<'ConfigurationError'>, message: string): never {
  throw new ConfigurationError(code, message)
}
