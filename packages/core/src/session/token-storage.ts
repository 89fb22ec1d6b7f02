/** Where the tokens of a session outlive the page. Without a storage they are in memory, and each tab owns its own. */
import type { SessionTokens } from './session.ts'

/** Gets new tokens for those of a session. */
export type RenewTokens = (current: SessionTokens) => Promise<SessionTokens>

/** What a renewal with kept tokens needs from the session. */
export interface RenewalSteps {
  /** Gets new tokens; called at most once, and while no other tab of this client calls its own. */
  readonly request: RenewTokens
  /** Keeps new tokens; never fails, since they are in memory anyway. */
  keep(tokens: SessionTokens): Promise<void>
  /** Whether the session of this tab is still there; else nothing is kept. */
  isWanted(): boolean
  /** Whether tokens are good for a while. */
  isFresh(tokens: SessionTokens): boolean
}

/** The kept tokens of one client. */
export interface KeptTokens {
  /** Whether other tabs read and write the same tokens. */
  readonly shared: boolean
  /**
   * Reads the tokens.
   *
   * @param atOnce - True takes what is there at the moment of the call, before this tab changes it. Default: what another
   *   tab has announced is waited for.
   * @returns Undefined when there are none, or nothing that could be tokens.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  read(atOnce?: boolean): Promise<SessionTokens | undefined>
  /**
   * Keeps tokens in place of what was there; undefined forgets them.
   *
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  write(tokens: SessionTokens | undefined): Promise<void>
  /**
   * Finds newer tokens than the given ones: another tab's when it was faster, else those of a request, which are kept.
   *
   * @param mine - The tokens of this tab.
   * @throws {ProtocolError} `OIDC_SESSION_MISSING` when the session ended in another tab.
   * @throws {StorageError} `OIDC_STORAGE_UNAVAILABLE`.
   */
  renew(mine: SessionTokens, steps: RenewalSteps): Promise<SessionTokens>
}

/**
 * Opens the kept tokens of a client.
 *
 * @param name - Carries issuer and client id, so that several clients live on one origin.
 */
export type TokenStorage = (name: string) => KeptTokens
