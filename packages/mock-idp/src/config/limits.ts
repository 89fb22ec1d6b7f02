import { type Check, shape, whole } from './shape.ts'

/** How much the mock remembers at most. Beyond that the oldest goes first, and whoever still uses it starts again. */
export interface Limits {
  /** Logins under way, and sessions, each; those in use go last. What hangs on a session goes with it. Default 1000. */
  readonly logins?: number
  /** Runs of flows: hosted pages that can still be sent, and logs that can still be read. Default 200. */
  readonly runs?: number
  /** Codes, tokens of each kind, consents, and logouts that clients were told of. Default 10,000. */
  readonly tokens?: number
  /** Clients of the standard profile from which on nobody can register another one: these are not forgotten. Default 1000. */
  readonly clients?: number
}

/** A run holds everything that was typed and answered in it, so that there are fewer of them. */
export const defaultLimits: Required<Limits> = { logins: 1000, runs: 200, tokens: 10_000, clients: 1000 }

/** Checks {@link Limits}. */
export const limitsShape: Check = shape({
  optional: { logins: whole(1), runs: whole(1), tokens: whole(1), clients: whole(1) },
})
