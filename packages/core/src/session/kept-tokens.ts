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

/** A change of kept tokens that a tab tells the others about. */
export interface Change {
  /** When it was, in milliseconds since the epoch. */
  readonly at: number
  /** Whether tokens were put there; else they were taken away. */
  readonly isWritten: boolean
}

/** What keeps tabs apart, and in step, that share a storage. */
export interface Sharing {
  /** Runs work while nobody else runs work under the same name. */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>
  /** Tells all tabs about a change; they know of it as soon as the promise ends. */
  announce(name: string, change: Change): Promise<void>
  /** The latest change of the last seconds. */
  latest(name: string): Promise<Change | undefined>
}

/** How often, and how many times at most, a tab looks for a change that it was told about. */
const [lookMs, looks] = [20, 50]

/**
 * Keeps tokens under one key.
 *
 * @param storage - Finds the storage; a browser may throw when it is only mentioned.
 * @param key - Carries issuer and client id.
 * @param sharing - Of the tabs that share the storage; undefined when none does.
 */
export function keepTokens(storage: () => TextStorage, key: string, sharing: Sharing | undefined): KeptTokens {
  const use = async <Result>(work: (store: TextStorage) => Result | Promise<Result>): Promise<Result> => {
    try {
      return await work(storage())
    } catch (error) {
      throw new StorageError('The storage of the browser is blocked or full. Allow site data and try again.', error)
    }
  }
  /** Browsers run tabs in processes of their own, and the local storage of one lags behind that of another. */
  const readCurrent = async () => {
    for (let look = 1; ; look += 1) {
      const text = await use((store) => store.getItem(key))
      const { tokens, keptAt = Number.POSITIVE_INFINITY } = parse(text, key)
      const change = await use(() => sharing?.latest(key))
      const isCurrent = !change || (text ? keptAt >= change.at : !change.isWritten)
      if (isCurrent || look === looks) return { text, tokens }
      await new Promise((resolve) => setTimeout(resolve, lookMs))
    }
  }
  const read = async (atOnce?: boolean) => {
    if (atOnce) return parse(await use((store) => store.getItem(key)), key).tokens
    const { text, tokens } = await readCurrent()
    // What is no session of this client is of no use to anybody, unless another tab has put one there meanwhile.
    if (text && !tokens && (await use((store) => store.getItem(key))) === text) {
      await use((store) => store.removeItem(key))
    }
    return tokens
  }
  const write = (tokens: SessionTokens | undefined) =>
    use(async (store) => {
      const keptAt = Date.now()
      await (tokens ? store.setItem(key, JSON.stringify({ ...tokens, keptAt })) : store.removeItem(key))
      await sharing?.announce(key, { at: keptAt, isWritten: !!tokens })
    })

  const renew = async (mine: SessionTokens, { request, keep, isWanted, isFresh }: RenewalSteps) => {
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
    if (isWanted() && (await read())?.accessToken === found.accessToken) await keep(next)
    return next
  }
  return {
    shared: !!sharing,
    read,
    write,
    renew: (mine, steps) =>
      sharing ? sharing.exclusively(`${key} renewal`, () => renew(mine, steps)) : renew(mine, steps),
  }
}

/**
 * What is kept, and when that was; no tokens for any other text, such as that of another issuer or client, whose names the
 * key has.
 */
function parse(text: string | null, key: string): { readonly tokens?: SessionTokens; readonly keptAt?: number } {
  try {
    const { keptAt, ...tokens } = JSON.parse(text ?? '')
    const { accessToken, scopes, claims } = tokens as Partial<SessionTokens>
    const isOwn = [claims?.aud].flat().some((aud) => key.includes(` ${claims?.iss} ${encodeURIComponent(`${aud}`)} `))
    const isValid = typeof accessToken === 'string' && Array.isArray(scopes) && typeof claims?.sub === 'string' && isOwn
    return { keptAt, ...(isValid && { tokens }) }
  } catch {
    return {}
  }
}
