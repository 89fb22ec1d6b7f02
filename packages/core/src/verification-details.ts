/** What an API expected of a token and what it found, in parts for a log. Nothing of it goes to the caller. */
export interface VerificationDetails {
  /** What would have been accepted. */
  readonly expected?: string | readonly string[]
  /** What the token has. It comes from the caller: at most 200 characters, without control characters. */
  readonly found?: string
  /** By how many seconds a time is off. */
  readonly secondsOff?: number
  /** Key ids of the key set that was searched. */
  readonly keyIds?: readonly string[]
}

/** What an API that takes DPoP tokens says in a challenge (RFC 9449 section 7.1). */
export interface DpopChallenge {
  /** How the refused token was sent; undefined when there was none, or another scheme. */
  readonly scheme: 'Bearer' | 'DPoP' | undefined
  /** Whether the API takes bound tokens only. */
  readonly required: boolean
  /** Algorithms of proofs that the API accepts. */
  readonly algorithms: readonly string[]
  /** The nonce that the next proof has to carry, when the API gives them out. */
  readonly nonce: string | undefined
}
