/** The runner log of one execution (IDP-SPEC 4.9): what each node did, without secrets. */
import type { TimeSource } from '../clock.ts'
import type { Restorable } from '../snapshot.ts'

/** What a line is about; stable, so tests compare it together with `data`. */
export type RunnerLogKind =
  | 'flow.start'
  | 'flow.end'
  | 'flow.error'
  | 'screen.shown'
  | 'screen.submitted'
  | 'condition.evaluated'
  | 'action.done'
  | 'action.failed'
  | 'connector.request'
  | 'connector.response'
  | 'connector.error'
  | 'script.done'
  | 'claims.set'
  | 'claims.dropped'
  | 'consent.stored'
  | 'consent.missing'
  | 'value.missing'
  | 'value.unknownRoot'
  | 'step.stale'

/** One line of the runner log. */
export interface RunnerLogEntry {
  /** Counts from 1. */
  readonly seq: number
  /** Milliseconds since the epoch, by the mock's clock. */
  readonly at: number
  /** How much it matters. */
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Name of the node or of the flow. */
  readonly title: string
  /** Text for people. */
  readonly log: string
  /** Node it is about. */
  readonly nodeId?: string
  /** What it tells. */
  readonly kind: RunnerLogKind
  /** Details. Values under secret names stand as `[redacted]`; a JWT is cut to its first 12 characters. */
  readonly data?: unknown
}

/** Writes and reads the lines of one execution. */
export interface RunnerLog extends Restorable {
  readonly entries: readonly RunnerLogEntry[]
  add(line: Omit<RunnerLogEntry, 'seq' | 'at' | 'level'> & { readonly level?: RunnerLogEntry['level'] }): void
}

const secretNames = ['password', 'secret', 'token', 'authorization', 'insurance', 'cookie', 'code', 'jwt']

/**
 * Creates an empty log.
 *
 * @param moreSecretNames - Names, or parts of names, that are secret beside the built-in ones.
 */
export function createRunnerLog(clock: TimeSource, moreSecretNames: readonly string[]): RunnerLog {
  const entries: RunnerLogEntry[] = []
  const names = [...secretNames, ...moreSecretNames].map((name) => name.toLowerCase())
  const log: RunnerLog = {
    entries,
    save() {
      const kept = [...entries]
      return () => {
        entries.splice(0, entries.length, ...kept)
      }
    },
    add({ level = 'info', ...line }) {
      const { data, ...rest } = line
      const texts = { title: cutJwt(line.title), log: cutJwt(line.log) }
      const entry = { seq: entries.length + 1, at: clock.now(), level, ...rest, ...texts }
      entries.push(Object.freeze({ ...entry, ...(data !== undefined && { data: redact(data, names) }) }))
    },
  }
  // Frozen, so that a snapshot of a run shares its log instead of cutting it off from `add`; `save` keeps its lines.
  return Object.freeze(log)
}

const depthLimit = 20

function redact(value: unknown, names: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return cutJwt(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > depthLimit) return '[too deep]'
  if (Array.isArray(value)) return value.map((entry) => redact(entry, names, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]: [string, unknown]) => [
      name,
      isSecret(name, names) && entry !== undefined ? '[redacted]' : redact(entry, names, depth + 1),
    ]),
  )
}

/** A dynamic key such as `form.code` is as secret as its last name. An error's own `code` is not. */
function isSecret(name: string, names: readonly string[]): boolean {
  const last = (name.split('.').at(-1) ?? name).toLowerCase()
  return last !== 'errorcode' && names.some((secret) => last.includes(secret))
}

function cutJwt(text: string): string {
  if (!text.includes('eyJ')) return text
  return text.replaceAll(/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, (jwt) => `${jwt.slice(0, 12)}...`)
}
