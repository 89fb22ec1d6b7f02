/** The storages of a browser that tokens can be kept in. */
import { keepTokens, type TextStorage } from '../session/kept-tokens.ts'
import type { TokenStorage } from '../session/token-storage.ts'
import { useStorage } from '../session/transaction.ts'
import { announce, latest } from './announced-changes.ts'
import { exclusively } from './exclusively.ts'

/**
 * Keeps tokens in the local storage: a reload and all tabs of the origin find them again. Scripts of the page can read
 * them, so prefer the memory, or an encrypted storage, where the user can be restored silently.
 */
export function localTokenStorage(): TokenStorage {
  return customTokenStorage(() => localStorage, { shared: true })
}

/** Keeps tokens in the session storage: a reload of the tab finds them again, other tabs and copies of the tab do not. */
export function sessionTokenStorage(): TokenStorage {
  return (name) => {
    const key = `${name} tokens`
    const inUse = `${name} in use`
    const kept = keepTokens(() => sessionStorage, key, undefined)
    let claimed = false
    const claim = () => {
      const mark = () =>
        useStorage(
          () => sessionStorage,
          (store) => store.setItem(inUse, '1'),
        )
      if (claimed) return
      // A page takes its mark away when it leaves. Where one is still there, the browser has copied the tab with all it
      // stores, and a refresh token that two tabs use ends both sessions.
      useStorage(
        () => sessionStorage,
        (store) => store.getItem(inUse) && store.removeItem(key),
      )
      mark()
      claimed = true
      addEventListener('pagehide', () => sessionStorage.removeItem(inUse))
      addEventListener('pageshow', mark)
    }
    return {
      ...kept,
      async read(atOnce) {
        claim()
        return kept.read(atOnce)
      },
      async write(tokens) {
        claim()
        return kept.write(tokens)
      },
    }
  }
}

/** How a custom storage behaves. */
export interface CustomTokenStorageOptions {
  /** Whether all tabs of the origin see the same texts. They then renew one at a time, and adopt each other's tokens. */
  readonly shared: boolean
}

/**
 * Keeps tokens in any storage of keys and texts, synchronous or not.
 *
 * @param storage - Finds the storage, when it is needed first.
 */
export function customTokenStorage(storage: () => TextStorage, { shared }: CustomTokenStorageOptions): TokenStorage {
  return (name) => keepTokens(storage, `${name} tokens`, shared ? { exclusively, announce, latest } : undefined)
}
