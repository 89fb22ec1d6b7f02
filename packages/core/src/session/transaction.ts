import type { Clock } from '../clock.ts'
import { StorageError } from '../errors.ts'

/** What a login has to remember until its response arrives. */
export interface Transaction {
  readonly nonce: string
  readonly codeVerifier: string
  /** The requested scopes, space-separated. */
  readonly scope: string
  /** Where the user wanted to go. */
  readonly returnTo: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** The part of the Web Storage interface that transactions need. */
export type TransactionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** Logins under way, by state: many at once, each used at most once. */
export interface Transactions {
  /** Remembers a login. */
  save(state: string, transaction: Transaction): void
  /** Forgets a login and returns it; undefined when it is unknown, too old or used. */
  take(state: string): Transaction | undefined
}

/** How long a login may take, in milliseconds. */
const lifetimeMs = 3_600_000

/**
 * Keeps logins in a storage that all tabs of the origin share, so that any of them can finish a login.
 *
 * @param storage - Finds the storage; a browser may throw when it is only mentioned.
 * @param prefix - Start of all keys of this client.
 * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE` from each method when the storage refuses.
 */
export function createTransactions(storage: () => TransactionStorage, prefix: string, clock: Clock): Transactions {
  const isAlive = (transaction: Transaction) => Math.abs(clock.now() - transaction.createdAt) < lifetimeMs
  const read = (key: string): Transaction | undefined => {
    try {
      const transaction = JSON.parse(storage().getItem(key) ?? '') as Transaction
      return isAlive(transaction) ? transaction : undefined
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }
  return {
    save: (state, transaction) =>
      guarded(() => {
        const store = storage()
        const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '')
        for (const key of keys) if (key.startsWith(prefix) && !read(key)) store.removeItem(key)
        store.setItem(prefix + state, JSON.stringify(transaction))
      }),
    take: (state) =>
      guarded(() => {
        const transaction = read(prefix + state)
        // RFC 9700 section 4.5: removed before the exchange, so that a replayed response finds nothing.
        storage().removeItem(prefix + state)
        return transaction
      }),
  }
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new StorageError(
      'The browser storage is blocked or full; a login needs it. Allow site data and try again.',
      error,
    )
  }
}
