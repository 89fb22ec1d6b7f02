/** Where the time comes from. Give your own in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * The same by a clock that nobody can set, but that may stand still while the machine sleeps. A renewed ID token has to
   * be valid at a time between the two. Default: as `now`; in a page, the clock of the page.
   */
  monotonicNow?(): number
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() }

/** The clock of the machine, and the one of the page, which goes on when somebody sets the first. */
export const pageClock: Clock = {
  now: () => systemClock.now(),
  monotonicNow: () => performance.timeOrigin + performance.now(),
}
