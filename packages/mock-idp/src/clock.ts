import type { Restorable } from './snapshot.ts'

/** Where the mock reads the time. */
export interface TimeSource {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The clock of one mock: every `iat`, `exp`, code life and session life is measured with it. */
export interface MockClock extends TimeSource {
  /** Sets the time to `milliseconds` since the epoch. A running clock goes on from there, a fixed one stays. */
  set(milliseconds: number): void
  /** Moves the time forward by `seconds` (backward when negative). */
  advance(seconds: number): void
}

/** A {@link MockClock} that can go back to how it began. */
export interface ResettableClock extends MockClock, Restorable {
  /** Undoes every `set` and `advance`. */
  reset(): void
}

/**
 * Creates the clock of one mock.
 *
 * @param options.fixedAt - Start of a clock that moves only on command, in milliseconds since the epoch.
 * @param options.source - Running time behind the clock. Default the system time; ignored with `fixedAt`.
 */
export function createClock(options: { readonly fixedAt?: number; readonly source?: TimeSource }): ResettableClock {
  const { fixedAt, source = Date } = options
  const base = (): number => fixedAt ?? source.now()
  let offset = 0
  return {
    now: () => base() + offset,
    set(milliseconds) {
      offset = milliseconds - base()
    },
    advance(seconds) {
      offset += seconds * 1000
    },
    reset() {
      offset = 0
    },
    save() {
      const kept = base() + offset
      return () => {
        offset = kept - base()
      }
    },
  }
}

/** The time of `clock` in whole seconds, as the claims `iat` and `exp` count it. */
export function epochSeconds(clock: TimeSource): number {
  return Math.floor(clock.now() / 1000)
}
