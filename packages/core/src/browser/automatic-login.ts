/** Stops a page from sending its user to the provider again and again when nobody asked for it. */
import type { Clock } from '../clock.ts'
import { ProtocolError } from '../errors.ts'
import { useStorage } from '../session/transaction.ts'

/** So many automatic logins may go out within so many milliseconds without anyone being signed in. */
const most = 2
const windowMs = 60_000

/** The automatic logins of this tab that led nowhere so far. */
export interface AutomaticLogins {
  /**
   * Counts one that is about to go out.
   *
   * @throws {ProtocolError} `OIDC_REDIRECT_LOOP` when there were too many.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`: what can not be counted could go on for ever.
   */
  count(): void
  /** Lets none go out for a while: the provider has just said no. */
  exhaust(): void
  /** Forgets them: somebody is signed in. */
  forget(): void
}

/** Counts in the session storage, which a tab keeps while it is at the provider. */
export function countAutomaticLogins(key: string, clock: Clock): AutomaticLogins {
  const use = <Result>(work: (store: Storage) => Result): Result => useStorage(() => sessionStorage, work)
  return {
    count() {
      const recent = `${use((store) => store.getItem(key)) ?? ''}`
        .split(' ')
        .filter((time) => time && clock.now() - Number(time) < windowMs)
      if (recent.length >= most) {
        throw new ProtocolError(
          'OIDC_REDIRECT_LOOP',
          'Automatic logins signed nobody in, so they stop: the redirect URI has to start the client.',
          'authorization',
        )
      }
      use((store) => store.setItem(key, [...recent, clock.now()].join(' ')))
    },
    exhaust() {
      use((store) => store.setItem(key, Array(most).fill(clock.now()).join(' ')))
    },
    forget() {
      try {
        sessionStorage.removeItem(key)
      } catch {
        // A storage that is blocked has counted nothing.
      }
    },
  }
}
