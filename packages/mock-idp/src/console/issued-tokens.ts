/** The tokens that the mock remembers, of both profiles. Pages name them by kind and number, never by their text. */
import { decodeJwt } from 'jose'
import type { Runtime } from '../runtime.ts'
import { clientNameOf } from './names.ts'

/** One token the mock gave. */
export interface IssuedToken {
  readonly kind: 'access' | 'id' | 'refresh'
  /** Counts from 1 within its kind. */
  readonly number: number
  /** Name of the application. */
  readonly app: string
  /** Id of the user, or of the client itself. */
  readonly subject: string
  /** Milliseconds since the epoch; absent for a text that is no JWT. */
  readonly issuedAt?: number
  /** Whether the mock still takes it; empty text for ID tokens, which nothing takes. */
  readonly state: string
  /** The token itself, for decoding; no page shows it. */
  readonly text: string
}

/** What the grants of both profiles have in common. */
interface AnyGrant {
  readonly userId: string
  readonly sessionId: string
  readonly refreshExpiresAt: number
  readonly revoked: boolean
  /** True when its tokens live on without the session. */
  readonly offline?: boolean
  readonly clientId?: string
  readonly app?: { readonly clientId: string }
}

interface AnyAccess {
  readonly grant?: AnyGrant
  readonly subject: string
  readonly expiresAt: number
  readonly revoked: boolean
  readonly clientId?: string
  readonly app?: { readonly clientId: string }
}

/** All tokens, newest first. */
export function issuedTokens(runtime: Runtime): readonly IssuedToken[] {
  const sources = [runtime.records, runtime.standard.records]
  const access = sources.flatMap(({ accessTokens }): [string, AnyAccess][] => [...accessTokens])
  const ids = sources.flatMap(({ idTokens }): [string, AnyGrant][] => [...idTokens])
  const refresh = sources.flatMap(({ refreshTokens }): [string, { grant: AnyGrant; replaced: boolean }][] => [
    ...refreshTokens,
  ])
  const all: IssuedToken[] = [
    ...access.map(([text, record], index) => ({
      ...described('access', index, text),
      app: clientNameOf(runtime, record),
      subject: record.grant?.userId ?? record.subject,
      state: accessState(runtime, record),
    })),
    ...ids.map(([text, grant], index) => ({
      ...described('id', index, text),
      app: clientNameOf(runtime, grant),
      subject: grant.userId,
      state: '',
    })),
    ...refresh.map(([text, { grant, replaced }], index) => ({
      ...described('refresh', index, text),
      app: clientNameOf(runtime, grant),
      subject: grant.userId,
      state: replaced ? 'replaced' : grantState(runtime, grant),
    })),
  ]
  return all.sort((one, other) => (other.issuedAt ?? 0) - (one.issuedAt ?? 0) || other.number - one.number)
}

function described<Kind extends IssuedToken['kind']>(kind: Kind, index: number, text: string) {
  const issuedAt = issueTime(text)
  return { kind, number: index + 1, text, ...(issuedAt !== undefined && { issuedAt }) }
}

function issueTime(text: string): number | undefined {
  try {
    const { iat } = decodeJwt(text)
    return iat === undefined ? undefined : iat * 1000
  } catch {
    return undefined
  }
}

/** Whether userinfo would take an access token. */
function accessState(runtime: Runtime, { revoked, expiresAt, grant }: AnyAccess): string {
  if (revoked) return 'revoked'
  if (expiresAt <= runtime.clock.now()) return 'expired'
  return grant ? grantState(runtime, grant) : 'live'
}

/** Whether a grant still gives tokens. */
function grantState({ records, clock }: Runtime, grant: AnyGrant): string {
  if (grant.revoked) return 'revoked'
  if (!grant.offline && records.sessions.get(grant.sessionId)?.ended) return 'its session has ended'
  return grant.refreshExpiresAt * 1000 <= clock.now() ? 'expired' : 'live'
}
