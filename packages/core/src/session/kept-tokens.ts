/** Tokens in a storage of keys and texts, for one tab or for all of them. */
import { ProtocolError, StorageError } from '../errors.ts'
import { endReason, type SessionTokens } from './session.ts'
import type { KeptTokens, RenewalSteps } from './token-storage.ts'

/** A storage of texts, as `localStorage` is one; its methods may also be asynchronous. */
export interface TextStorage {
  /** The text under a key; null when there is none. */
  getItem(key: string): string | null | Promise<string | null>
  /** Puts a text under a key. */
  setItem(key: string, text: string): void | Promise<void>
  /** Forgets a key. */
  removeItem(key: string): void | Promise<void>
}

/**
 * Runs work while nobody else runs work under the same name. The work calls `written` when the next one has to see what it
 * has written.
 */
export type Exclusively = <Result>(name: string, work: (written: () => void) => Promise<Result>) => Promise<Result>

/**
 * Keeps tokens under one key.
 *
 * @param storage - Finds the storage; a browser may throw when it is only mentioned.
 * @param key - Carries issuer and client id.
 * @param exclusively - Keeps tabs apart that share the storage; undefined when none does.
 */
export function keepTokens(storage: () => TextStorage, key: string, exclusively: Exclusively | undefined): KeptTokens {
  const use = async <Result>(work: (store: TextStorage) => Result | Promise<Result>): Promise<Result> => {
    try {
      return await work(storage())
    } catch (error) {
      throw new StorageError('The storage of the browser is blocked or full. Allow site data and try again.', error)
    }
  }
  const read = async () => {
    const text = await use((store) => store.getItem(key))
    const tokens = parse(text, key)
    // What is no session of this client is of no use to anybody, unless another tab has put one there meanwhile.
    if (text && !tokens && (await use((store) => store.getItem(key))) === text) {
      await use((store) => store.removeItem(key))
    }
    return tokens
  }
  const write = (tokens: SessionTokens | undefined) =>
    use((store) => (tokens ? store.setItem(key, JSON.stringify(tokens)) : store.removeItem(key)))

  const renew = async (
    mine: SessionTokens,
    { request, keep, isWanted, isFresh }: RenewalSteps,
    written: () => void = () => {},
  ) => {
    const found = await read()
    if (!found) throw new ProtocolError('OIDC_SESSION_MISSING', 'The session ended in another tab.', 'renewal')
    // Another tab was faster.
    if (found.accessToken !== mine.accessToken && isFresh(found)) return found
    let next: SessionTokens
    try {
      next = await request(found)
    } catch (error) {
      // A refresh token that somebody has used already: perhaps another tab, whose tokens are there by now.
      const newer = endReason(error) && (await read())
      if (newer && newer.accessToken !== found.accessToken) return newer
      throw error
    }
    // Logged out meanwhile, here or in another tab: kept tokens would bring the session back.
    if (isWanted() && (await read())?.accessToken === found.accessToken) {
      await keep(next)
      written()
    }
    return next
  }
  return {
    shared: !!exclusively,
    read,
    write,
    renew: (mine, steps) =>
      exclusively ? exclusively(`${key} renewal`, (written) => renew(mine, steps, written)) : renew(mine, steps),
  }
}

/** The tokens in a text; undefined for anything else, such as those of another issuer or client, whose names the key has. */
function parse(text: string | null, key: string): SessionTokens | undefined {
  try {
    const { accessToken, scopes, claims } = JSON.parse(text ?? '') as Partial<SessionTokens>
    const isOwn = [claims?.aud].flat().some((aud) => key.includes(` ${claims?.iss} ${encodeURIComponent(`${aud}`)} `))
    const isValid = typeof accessToken === 'string' && Array.isArray(scopes) && typeof claims?.sub === 'string' && isOwn
    return isValid ? (JSON.parse(text ?? '') as SessionTokens) : undefined
  } catch {
    return undefined
  }
}
