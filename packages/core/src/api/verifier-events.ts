import type { ErrorCode } from '../error-codes.ts'
import type { KeySkipReason } from './published-key.ts'

/** How a call of `verify` or `authenticate` ended. */
export type VerdictEvent =
  /** A token was verified by its signature. */
  | {
      /** What happened. */
      readonly kind: 'verify'
      /** Issuer of the token. */
      readonly issuer: string
      /** Algorithm of its signature. */
      readonly algorithm: string
      /** `kid` of its key, when it names one. */
      readonly keyId: string | undefined
      /** From the call to the verdict, waiting for keys included, in milliseconds. */
      readonly durationMs: number
    }
  /** A token was known from the cache of verdicts. */
  | {
      /** What happened. */
      readonly kind: 'cache-hit'
      /** Issuer of the token. */
      readonly issuer: string
      /** From the call to the verdict, in milliseconds. */
      readonly durationMs: number
    }
  /** An opaque token was found to be good by introspection, or by an answer that is kept of one. */
  | {
      /** What happened. */
      readonly kind: 'introspect'
      /** Issuer of the token. */
      readonly issuer: string
      /** From the call to the verdict, in milliseconds. */
      readonly durationMs: number
    }
  /** A call was refused, or could not be judged. */
  | {
      /** What happened. */
      readonly kind: 'refused'
      /** The rule, as `error.code`. */
      readonly code: ErrorCode
      /** The claim or header member that the rule is about. */
      readonly claim: string | undefined
      /** From the call to the verdict, waiting for keys included, in milliseconds. */
      readonly durationMs: number
    }

/** What happened to the keys of an issuer. */
export type KeyEvent =
  /** Keys were asked for. */
  | {
      /** What happened. */
      readonly kind: 'key-fetch'
      /** The issuer that is configured. */
      readonly issuer: string
      /** In milliseconds, metadata included. */
      readonly durationMs: number
      /** Usable keys in the set; undefined when the request failed. */
      readonly keys?: number
      /** Why members of the set are left aside, a reason for each of them; undefined when the request failed. */
      readonly skipped?: readonly KeySkipReason[]
      /** Why it failed. */
      readonly code?: ErrorCode
    }
  /** Keys past their age are still in use, because new ones can not be loaded. */
  | {
      /** What happened. */
      readonly kind: 'stale'
      /** The issuer that is configured. */
      readonly issuer: string
      /** How long ago they were loaded, in seconds. */
      readonly ageSeconds: number
    }

/**
 * What happened inside a verifier. Nothing in it is secret: no token, and no claim of one but the issuer that was verified.
 * Verdicts are published on the channel `countersign:api:verify` of `node:diagnostics_channel`, keys on
 * `countersign:api:keys`.
 */
export type VerifierEvent = VerdictEvent | KeyEvent

/** Learns what happened. Must not throw. */
export type VerifierEventListener = (event: VerifierEvent) => void
