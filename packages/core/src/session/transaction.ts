import type { Clock } from '../clock.ts'
import { type StepUpRequiredError, StorageError } from '../errors.ts'

/** What a login has to remember until its response arrives. */
export interface Transaction {
  readonly nonce: string
  readonly codeVerifier: string
  /** The requested scopes, space-separated. */
  readonly scope: string
  /** What the login has to fulfil. */
  readonly required?: StepUpRequiredError['wanted']
  /** Where the user wanted to go. */
  readonly returnTo: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** No user asked for it: a provider that says no is no failure. */
  readonly optional?: true
}

/** What is left of a login whose response has come: enough to know it again, and nothing to redeem it with. */
export type UsedTransaction = Pick<Transaction, 'returnTo' | 'createdAt'> & { readonly used: true }

/** A login whose secrets are in the memory of the page that opened a window for it. */
export type PopupTransaction = Pick<Transaction, 'returnTo' | 'createdAt'> & { readonly popup: true }

/** A login as it is found again. */
export type FoundTransaction = Transaction | UsedTransaction | PopupTransaction

/** Logins under way, by state: many at once, each used at most once. */
export interface Transactions {
  /** Remembers a login. */
  save(state: string, transaction: Transaction | PopupTransaction): void
  /** Gives a login up: its response finds nothing. */
  forget(state: string): void
  /** Uses a login up and returns it; the second time without its secrets. Undefined when it is unknown or too old. */
  take(state: string): FoundTransaction | undefined
}

/** How long a login may take, in milliseconds. */
const lifetimeMs = 3_600_000
/** So many logins are remembered at once: the oldest makes way, so that no page can fill the storage with them. */
const most = 50

/**
 * Works with a storage of the browser.
 *
 * @param storage - Finds the storage; a browser may throw when it is only mentioned.
 * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE` when the storage refuses.
 */
export function useStorage<Result>(storage: () => Storage, work: (store: Storage) => Result): Result {
  try {
    return work(storage())
  } catch (error) {
    throw new StorageError('The storage of the browser is blocked or full. Allow site data and try again.', error)
  }
}

/**
 * Keeps logins in a storage that all tabs of the origin share, so that any of them can finish a login.
 *
 * @param storage - Finds the storage; a browser may throw when it is only mentioned.
 * @param prefix - Start of all keys of this client.
 * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE` from each method when the storage refuses.
 */
export function createTransactions(storage: () => Storage, prefix: string, clock: Clock): Transactions {
  const use = <Result>(work: (store: Storage) => Result): Result => useStorage(storage, work)
  const read = (store: Storage, key: string): FoundTransaction | undefined => {
    const text = store.getItem(key) ?? ''
    let found: FoundTransaction | undefined
    try {
      found = JSON.parse(text)
    } catch {
      // What something else wrote under our key is no login.
    }
    return found && Math.abs(clock.now() - found.createdAt) < lifetimeMs ? found : undefined
  }
  return {
    save: (state, transaction) =>
      use((store) => {
        Object.keys(store)
          .filter((key) => key.startsWith(prefix))
          .map((key) => ({ key, createdAt: read(store, key)?.createdAt ?? 0 }))
          .sort((one, other) => other.createdAt - one.createdAt)
          .forEach(({ key, createdAt }, index) => {
            if (!createdAt || index > most - 2) store.removeItem(key)
          })
        store.setItem(prefix + state, JSON.stringify(transaction))
      }),
    forget: (state) => use((store) => store.removeItem(prefix + state)),
    take: (state) =>
      use((store) => {
        const transaction = read(store, prefix + state)
        // RFC 9700 section 4.5: used up before the exchange, so that a replayed response finds nothing to redeem it with.
        if (transaction) {
          const { returnTo, createdAt } = transaction
          store.setItem(prefix + state, JSON.stringify({ returnTo, createdAt, used: true } satisfies UsedTransaction))
        }
        return transaction
      }),
  }
}
