/** What the standard profile remembers beside sessions, transactions and consents. */
import { createBoundedMap } from '../bounded-map.ts'
import type { TimeSource } from '../clock.ts'
import { defaultLimits, type Limits } from '../config/limits.ts'
import { graceMs } from '../records.ts'
import type { AuthorizationDetail } from './authorization-details.ts'
import type { StandardClient } from './client.ts'
import type { ResponseMode } from './client-metadata.ts'
import type { LogoutDelivery } from './logout.ts'

/** Members of a `claims` parameter for one place (OpenID Connect Core 5.5). */
export type ClaimRequests = Readonly<
  Record<
    string,
    { readonly essential?: boolean; readonly value?: unknown; readonly values?: readonly unknown[] } | null
  >
>

/** The parameter `claims`: what is asked for beside the scopes. */
export interface ClaimsParameter {
  readonly id_token: ClaimRequests
  readonly userinfo: ClaimRequests
}

/** What an authorization request of the standard profile asks for beside what every transaction has. */
export interface StandardRequest {
  readonly responseMode: ResponseMode
  /** The present session does not count: a new login is needed. */
  readonly reauthenticate: boolean
  readonly maxAge?: number
  /** Values of `acr` that are good, best first. */
  readonly acrValues: readonly string[]
  /** True when a login without one of them is an error. */
  readonly acrEssential: boolean
  readonly claims: ClaimsParameter
  /** Entries of `authorization_details` (RFC 9396). */
  readonly details: readonly AuthorizationDetail[]
  /** Those of them that the user ticked on the consent page; absent where nobody was asked. */
  allowedDetails?: readonly AuthorizationDetail[]
  /** Id of the user that `id_token_hint` names. */
  readonly hintedUser?: string
  /** Thumbprint of the DPoP key that the code will be bound to. */
  readonly dpopJkt?: string
  /** The device that the user signs in for, instead of a redirect URI. */
  readonly deviceCode?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Set when the user answered the consent page of this request. */
  consented?: boolean
  /** Set when the login or the consent ended badly. */
  failure?: { readonly code: string; readonly description: string }
}

/** What a user allowed a client: the family that a code, its tokens and their refreshed successors belong to. */
export interface StandardGrant {
  readonly id: string
  /** Id of the request that began the login. */
  readonly login: string
  readonly clientId: string
  readonly userId: string
  readonly sessionId: string
  /** Subject identifier that this client sees. */
  readonly subject: string
  readonly scopes: readonly string[]
  /** Resources of the authorization request; access tokens are for one of them. */
  readonly resources: readonly string[]
  readonly claims: ClaimsParameter
  /** Granted entries of `authorization_details` (RFC 9396). */
  readonly details: readonly AuthorizationDetail[]
  /** Custom claims that the flow of the login set, for every token. */
  readonly flowClaims: Readonly<Record<string, unknown>>
  readonly amr: readonly string[]
  readonly acr?: string
  /** Seconds since the epoch. */
  readonly authTime: number
  readonly nonce?: string
  /** True when its tokens live on without the session (OpenID Connect Core 11). */
  readonly offline: boolean
  /** End of every refresh token of the family, in seconds since the epoch. */
  readonly refreshExpiresAt: number
  /** Last use in milliseconds since the epoch, for the inactivity limit. */
  usedAt: number
  revoked: boolean
}

/** An authorization code. */
export interface StandardCode {
  readonly grant: StandardGrant
  readonly redirectUri: string
  readonly codeChallenge?: string
  /** Thumbprint of the DPoP key that the code is bound to (RFC 9449 section 10). */
  readonly dpopJkt?: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  used: boolean
}

/** A refresh token. */
export interface StandardRefresh {
  readonly grant: StandardGrant
  /** Thumbprint of the DPoP key that it is bound to, for public clients (RFC 9449 section 5). */
  readonly jkt?: string
  /** True once rotation replaced it. */
  replaced: boolean
}

/** The claim `act`: who acts, and who did so before (RFC 8693 section 4.1). */
export interface Actor {
  readonly sub: string
  readonly client_id?: string
  readonly act?: Actor
}

/** A device that waits for its user (RFC 8628). */
export interface DeviceRecord {
  readonly clientId: string
  readonly userCode: string
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  /** Entries of `authorization_details` that it asks for. */
  readonly details: readonly AuthorizationDetail[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** Seconds between two polls; it grows when the device polls faster. */
  intervalSeconds: number
  /** Milliseconds since the epoch. */
  polledAt?: number
  /** What the user decided, or that the code was redeemed; absent while it is open. */
  outcome?: StandardGrant | 'denied' | 'used'
}

/** An access token: userinfo and introspection go by this record. */
export interface StandardAccess {
  readonly clientId: string
  /** Absent for client credentials. */
  readonly grant?: StandardGrant
  readonly subject: string
  readonly scopes: readonly string[]
  readonly audience: string
  /** Its entries of `authorization_details`. */
  readonly details: readonly AuthorizationDetail[]
  /** Thumbprint of the DPoP key that it is bound to. */
  readonly jkt?: string
  /** Who acts for the subject (RFC 8693 section 4.1). */
  readonly act?: Actor
  /** The token that it was exchanged for. */
  readonly exchangedFrom?: StandardAccess
  /** Seconds since the epoch. */
  readonly issuedAt: number
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  revoked: boolean
}

/** A pushed authorization request (RFC 9126). */
export interface PushedRequest {
  readonly clientId: string
  readonly pairs: readonly (readonly [name: string, value: string])[]
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Everything that the standard profile remembers; tokens are found by their text. */
export interface StandardRecords {
  readonly codes: Map<string, StandardCode>
  readonly refreshTokens: Map<string, StandardRefresh>
  readonly accessTokens: Map<string, StandardAccess>
  /** The grant of an ID token, for `id_token_hint`. */
  readonly idTokens: Map<string, StandardGrant>
  /** Pushed authorization requests by `request_uri`. */
  readonly pushed: Map<string, PushedRequest>
  /** Devices by device code. */
  readonly devices: Map<string, DeviceRecord>
  /** Clients of metadata documents by address. */
  readonly documents: Map<string, { readonly client: StandardClient; readonly expiresAt: number }>
  /** Logout tokens that were sent, by session and client. */
  readonly logouts: Map<string, LogoutDelivery>
  /** DPoP nonces with their end in milliseconds since the epoch. */
  readonly nonces: Map<string, number>
  /** When wrong user codes were typed, in milliseconds since the epoch, by who typed them. */
  readonly wrongCodes: Map<string, readonly number[]>
  /** Values that count once, with their end in milliseconds since the epoch: `jti` of client assertions and proofs. */
  readonly used: Map<string, number>
}

/** Creates empty records. They forget what is over, an hour after its end, and the oldest beyond a number. */
export function createStandardRecords(clock: TimeSource, limits: Limits = {}): StandardRecords {
  const { tokens: most } = { ...defaultLimits, ...limits }
  const create = <Value>(endOf: (value: Value) => number): Map<string, Value> =>
    createBoundedMap({ clock, most, isOver: (value) => endOf(value) + graceMs <= clock.now() })
  const endOfGrant = (grant: StandardGrant): number => grant.refreshExpiresAt * 1000
  return {
    codes: create(({ expiresAt }) => expiresAt),
    refreshTokens: create(({ grant }) => endOfGrant(grant)),
    accessTokens: create(({ expiresAt }) => expiresAt),
    idTokens: create(endOfGrant),
    pushed: create(({ expiresAt }) => expiresAt),
    devices: create(({ expiresAt }) => expiresAt),
    documents: create(({ expiresAt }) => expiresAt),
    logouts: createBoundedMap({ clock, most }),
    nonces: new Map(),
    wrongCodes: create((times) => times.at(-1) ?? 0),
    used: new Map(),
  }
}
