import type { ErrorCode } from '../error-codes.ts'

/** What happened inside a verifier. Nothing in it is secret: no token, and no claim of one. */
export type VerifierEvent =
  /** A token was verified by its signature. */
  | {
      readonly kind: 'verify'
      readonly issuer: string
      readonly algorithm: string
      readonly keyId: string | undefined
      /** From the call to the verdict, waiting for keys included, in milliseconds. */
      readonly durationMs: number
    }
  /** A token was known from the cache of verdicts. */
  | { readonly kind: 'cache-hit'; readonly issuer: string }
  /** Keys were asked for. */
  | {
      readonly kind: 'key-fetch'
      readonly issuer: string
      /** In milliseconds, metadata included. */
      readonly durationMs: number
      /** Usable keys in the set; undefined when the request failed. */
      readonly keys?: number
      /** Members of the set that are left aside: unknown, too weak, private, or for something else. */
      readonly skipped?: number
      /** Why it failed. */
      readonly code?: ErrorCode
    }
  /** Keys past their age are still in use, because new ones can not be loaded. */
  | { readonly kind: 'stale'; readonly issuer: string; readonly ageSeconds: number }
  /** A token was refused, or could not be judged. */
  | {
      readonly kind: 'refused'
      readonly code: ErrorCode
      readonly claim: string | undefined
      readonly durationMs: number
    }

/** Learns what happened. Must not throw. */
export type VerifierEventListener = (event: VerifierEvent) => void
