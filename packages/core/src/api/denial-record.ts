/** Turns a refusal into one object for a log: everything that the caller must not learn, and no token. */
import { inOneLine, isOidcError } from '../errors.ts'

/** Why a request was refused, as plain data for one line of a log. */
export interface DenialRecord {
  /** The code of the error table. */
  readonly code: string
  /** The message of the error: what happened and what was expected. */
  readonly reason: string
  /** The claim or header parameter that was refused. */
  readonly claim?: string
  /** What would have been accepted. */
  readonly expected?: string | readonly string[]
  /** What the token has. It comes from the caller, and nobody may have signed for it. */
  readonly found?: string
  /** By how many seconds a time is off. */
  readonly secondsOff?: number
  /** Key ids of the key set that was searched. */
  readonly keyIds?: readonly string[]
  /** Scopes that the request needs. */
  readonly requiredScopes?: readonly string[]
  /** Scopes of the token. */
  readonly grantedScopes?: readonly string[]
  /** The login that the request needs. */
  readonly wanted?: { readonly acr_values?: string; readonly max_age?: string; readonly scope?: string }
  /** After how many seconds the caller may try again. */
  readonly retryAfterSeconds?: number
}

/**
 * Describes a refusal for a log. Members that do not apply are absent; what looks like a token is replaced.
 *
 * @param error - What a guard hands to `onDenied`, or a verifier threw.
 * @returns A plain object. For a value that is no error of Countersign it says so and holds nothing of it.
 * @example source: examples/snippets/log-denials.ts
 */
export function describeDenial(error: unknown): DenialRecord {
  if (!isOidcError(error)) return { code: 'UNKNOWN', reason: 'The error is not about an access token.' }
  const { code, message } = error
  const base = { code, reason: withoutTokens(message) }
  // By name and not by class: the error may come from another copy of this package.
  switch (error.name) {
    case 'TokenVerificationError': {
      const { claim, details = {} } = error
      const { expected, found, secondsOff, keyIds } = details
      const cleaned = found === undefined ? undefined : withoutTokens(found)
      return present({ ...base, claim, expected, found: cleaned, secondsOff, keyIds: keyIds?.map(withoutTokens) })
    }
    case 'InsufficientScopeError':
      return {
        ...base,
        requiredScopes: error.requiredScopes.map(withoutTokens),
        grantedScopes: error.grantedScopes.map(withoutTokens),
      }
    case 'StepUpRequiredError':
      return { ...base, wanted: error.wanted }
    case 'NetworkError':
      return present({ ...base, retryAfterSeconds: error.retryAfterSeconds })
    default:
      return base
  }
}

/** The text in one line, without values of Authorization headers and without a compact JWS or JWE, also a cut one. */
function withoutTokens(text: string): string {
  return inOneLine(text)
    .replace(/\b(bearer|dpop|basic) +[\w.~+/=-]{8,}/gi, '$1 [redacted]')
    .replace(/\beyJ[\w-]{8,}(\.[\w-]*)*/g, '[redacted]')
}

function present(record: { [Name in keyof DenialRecord]: DenialRecord[Name] | undefined }): DenialRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as DenialRecord
}
