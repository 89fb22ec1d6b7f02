import { createBoundedMap } from './bounded-map.ts'
import type { ClientApp } from './clients.ts'
import type { TimeSource } from './clock.ts'
import { defaultLimits, type Limits } from './config/limits.ts'
import type { Consent } from './consent/consent.ts'
import type { StandardClient } from './standard/client.ts'
import type { StandardRequest } from './standard/records.ts'

/** An authorize request that waits for the end of its login (IDP-SPEC 2.4, "Transaction"). */
export interface Transaction {
  /** The handle, `state_id` on the wire. */
  readonly id: string
  /** Id of the request that began the login. */
  readonly login: string
  readonly app: ClientApp | StandardClient
  readonly redirectUri: string
  /** Id of the flow: of the request, else of the hosting URL, else the default one. */
  readonly flowId: string
  readonly scopes: readonly string[]
  readonly state?: string
  readonly nonce?: string
  readonly codeChallenge?: string
  readonly prompt: readonly string[]
  readonly loginHint?: string
  /** Language of the pages. */
  readonly locale?: string
  /** Tenant id of the hint. */
  readonly tenant?: string
  readonly resources: readonly string[]
  /** Value of the cookie that binds the transaction to its browser. */
  readonly browser: string
  /** Token that the login form must send back. */
  readonly csrf: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Set when the login ended well. */
  sessionId?: string
  /** What the flow of the login brought. */
  flow?: {
    /** Custom claims for every token of the grant. */
    readonly claims: FlowClaims
    /** Tenant that the flow selected. */
    readonly tenant?: string
  }
  /** What a client of the standard profile asked for. */
  readonly request?: StandardRequest
}

/** A transaction of an application of the Descope-like profile. */
export type AppTransaction = Transaction & { readonly app: ClientApp }

/** A login at the provider; several clients may rest on it (IDP-SPEC 2.5). */
export interface Session {
  readonly id: string
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number
  readonly amr: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Value of the session cookie. */
  readonly cookie: string
  /** Name of the session cookie, where the end node of the flow chose one. Default `DSR`. */
  cookieName?: string
  /** Value of the cookie `DS`, where the project sets it. */
  readonly sessionToken?: string
  /** End of a completed step-up in milliseconds since the epoch; tokens carry `su` until then. */
  stepUpUntil?: number
  /** Custom claims of its flows, which later logins by this session take over (IDP-SPEC 2.5). */
  claims?: FlowClaims
  /** Current tenant. */
  tenant?: string
  /** Device that it began on. */
  deviceId?: string
  ended: boolean
}

/** Custom claims that the flow of a login set (IDP-SPEC 3.5). */
export interface FlowClaims {
  /** At the root of tokens. */
  readonly root: Readonly<Record<string, unknown>>
  /** What the client said of itself; stands in `nsec`. */
  readonly client: Readonly<Record<string, unknown>>
  readonly renewals: readonly ClaimRenewal[]
}

/** Claims that are worked out again when tokens are refreshed. */
export interface ClaimRenewal {
  /** Age from which on they are. */
  readonly seconds: number
  /** Last time in milliseconds since the epoch. */
  readonly doneAt: number
  /** The values of now; `undefined` for a claim to be left out. */
  readonly evaluate: () => Readonly<Record<string, unknown>>
}

/** What a user allowed a client: the family that a code, its tokens and their refreshed successors belong to. */
export interface Grant {
  readonly id: string
  /** Id of the request that began the login; absent without an authorize request. */
  readonly login?: string
  readonly app: ClientApp
  readonly userId: string
  readonly sessionId: string
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Id of the current tenant. */
  readonly tenant?: string
  readonly amr: readonly string[]
  /** Custom claims that the flow of the login set, or the management API since then. */
  flowClaims?: FlowClaims
  /** Seconds since the epoch. */
  readonly authTime: number
  /** Seconds since the epoch; the claim `rexp` says it as text. */
  readonly refreshExpiresAt: number
  /** Last use in milliseconds since the epoch, for the inactivity limit. */
  usedAt: number
  revoked: boolean
}

/** An authorization code. */
export interface CodeRecord {
  readonly grant: Grant
  readonly redirectUri: string
  readonly nonce?: string
  readonly codeChallenge?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  used: boolean
}

/** A refresh token. */
export interface RefreshRecord {
  readonly grant: Grant
  /** True once rotation replaced it. */
  replaced: boolean
}

/** An access token: userinfo goes by this record, not by the text of the token. */
export interface AccessRecord {
  readonly app: ClientApp
  /** Absent for client credentials. */
  readonly grant?: Grant
  readonly subject: string
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  revoked: boolean
}

/** Everything a mock remembers about requests; tokens are found by their text. */
export interface Records {
  readonly transactions: Map<string, Transaction>
  readonly sessions: Map<string, Session>
  readonly codes: Map<string, CodeRecord>
  readonly refreshTokens: Map<string, RefreshRecord>
  readonly accessTokens: Map<string, AccessRecord>
  /** The grant of an ID token, for logout by `id_token_hint`. */
  readonly idTokens: Map<string, Grant>
  /** Contacts that were added to the sample resource, by id. */
  readonly contacts: Map<string, { readonly id: string; readonly name: string }>
  /** Consents by id. */
  readonly consents: Map<string, Consent>
}

const mostContacts = 1000

/** Codes and tokens stay known for this long after their end, so that the error says what is wrong with them. */
export const graceMs = 3_600_000

/** Creates empty records. They forget what is over. */
export function createRecords(clock: TimeSource, limits: Limits = {}): Records {
  const { logins: mostLogins, tokens: mostTokens } = { ...defaultLimits, ...limits }
  const ended = (expiresAt: number): boolean => expiresAt <= clock.now()
  const sessions = createBoundedMap<Session>({ clock, most: mostLogins, isOver: ({ expiresAt }) => ended(expiresAt) })
  const orphaned = ({ sessionId }: Grant): boolean => !sessions.has(sessionId)
  return {
    transactions: createBoundedMap({ clock, most: mostLogins, isOver: ({ expiresAt }) => ended(expiresAt) }),
    sessions,
    codes: createBoundedMap({
      clock,
      most: mostTokens,
      isOver: ({ grant, expiresAt }) => orphaned(grant) || ended(expiresAt + graceMs),
    }),
    refreshTokens: createBoundedMap({
      clock,
      most: mostTokens,
      isOver: ({ grant }) => orphaned(grant) || ended(grant.refreshExpiresAt * 1000 + graceMs),
    }),
    accessTokens: createBoundedMap({
      clock,
      most: mostTokens,
      isOver: ({ grant, expiresAt }) => (grant && orphaned(grant)) || ended(expiresAt + graceMs),
    }),
    idTokens: createBoundedMap({ clock, most: mostTokens, isOver: orphaned }),
    contacts: createBoundedMap({ clock, most: mostContacts }),
    consents: createBoundedMap({ clock, most: mostTokens }),
  }
}
