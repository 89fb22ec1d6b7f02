/** Where the time comes from. Give your own in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() }
