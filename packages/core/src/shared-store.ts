/** What processes of one app share: proofs that were used, sessions that have ended. */
import { type Clock, systemClock } from './clock.ts'
import { NetworkError } from './errors.ts'
import { checkOptions, type OptionRule } from './options.ts'

/**
 * A store of short texts. Every method fails when the store does not answer, and never answers by guessing: whoever asks
 * whether something was used or has ended must not take silence for a no.
 */
export interface SharedStore {
  /** The value of a key; undefined when there is none, or its time is over. */
  get(key: string): Promise<string | undefined>
  /** Sets a value for a time in milliseconds, at least 1. */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /**
   * Sets a value for a time in milliseconds unless the key has one, in one step: of any number of callers with the same key,
   * in all processes that share the store, one gets true.
   */
  add(key: string, value: string, ttlMs: number): Promise<boolean>
  /** Removes a key. */
  delete(key: string): Promise<void>
}

/** What every option for a store accepts. */
export const sharedStore: OptionRule = [
  'a shared store, such as the result of createMemoryStore',
  (value) => typeof (value as SharedStore | null)?.add === 'function',
]

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  /** Most keys at one time, 1 to 10000000; once they are there a new one fails. Default 100000. */
  readonly maxEntries?: number
  /**
   * Whether several processes serve this app, none of which then sees what the others know. Default: whether this process is
   * a worker of `node:cluster`.
   */
  readonly severalProcesses?: boolean
  /** Told once, at creation, when several processes would need a store that they share. Default: a warning of the process. */
  readonly onWarning?: (message: string) => void
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/**
 * Creates a store in the memory of this process: fit for one process, and loud in a cluster.
 *
 * A full store refuses new keys instead of forgetting old ones, since a forgotten proof could be used again.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): SharedStore {
  checkOptions(
    options,
    { maxEntries: [1, 10_000_000], severalProcesses: 'boolean', onWarning: 'function', clock: 'object' },
    [],
  )
  const { maxEntries = 100_000, severalProcesses = isClusterWorker(), onWarning = emitWarning } = options
  const { clock = systemClock } = options
  if (severalProcesses) {
    onWarning(
      'A store in memory is not seen by other processes: a proof or a logout that one of them has seen counts there only. ' +
        'Give a store that they share, such as createKeyvStore of @countersign/core/keyv.',
    )
  }
  const entries = new Map<string, { readonly value: string; readonly endsAt: number }>()
  let nextEnd = Number.POSITIVE_INFINITY

  const read = (key: string): string | undefined => {
    const entry = entries.get(key)
    return entry && entry.endsAt > clock.now() ? entry.value : undefined
  }
  /** Removes what is over. Runs when the store is full, and not again before another entry can be over. */
  const sweep = (): void => {
    const now = clock.now()
    if (now < nextEnd) return
    nextEnd = Number.POSITIVE_INFINITY
    for (const [key, { endsAt }] of entries) {
      if (endsAt <= now) entries.delete(key)
      else nextEnd = Math.min(nextEnd, endsAt)
    }
  }
  const write = (key: string, value: string, ttlMs: number): void => {
    if (!entries.has(key) && entries.size >= maxEntries) sweep()
    if (!entries.has(key) && entries.size >= maxEntries) {
      throw new NetworkError('OIDC_STORE_UNAVAILABLE', `The store in memory holds ${maxEntries} keys already.`, 'api')
    }
    const endsAt = clock.now() + ttlMs
    nextEnd = Math.min(nextEnd, endsAt)
    entries.set(key, { value, endsAt })
  }
  return {
    get: async (key) => read(key),
    set: async (key, value, ttlMs) => write(key, value, ttlMs),
    async add(key, value, ttlMs) {
      if (read(key) !== undefined) return false
      write(key, value, ttlMs)
      return true
    },
    async delete(key) {
      entries.delete(key)
    },
  }
}

/** The part of `process` that is looked at, where there is one. */
interface ProcessLike {
  getBuiltinModule?(name: string): { readonly isWorker?: boolean } | undefined
  emitWarning?(message: string, options: { readonly type: string; readonly code: string }): void
}

function host(): ProcessLike | undefined {
  return (globalThis as { readonly process?: ProcessLike }).process
}

function isClusterWorker(): boolean {
  return host()?.getBuiltinModule?.('node:cluster')?.isWorker === true
}

function emitWarning(message: string): void {
  host()?.emitWarning?.(message, { type: 'CountersignWarning', code: 'COUNTERSIGN_STORE_NOT_SHARED' })
}
