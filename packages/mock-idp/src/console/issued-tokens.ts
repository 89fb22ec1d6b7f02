/** The tokens that the mock remembers. They are named by kind and number, never by their text. */
import { decodeJwt } from 'jose'
import type { Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { accessState, grantState } from './decoded-token.ts'

/** One token the mock gave. */
export interface IssuedToken {
  readonly kind: 'access' | 'id' | 'refresh'
  /** Counts from 1 within its kind. */
  readonly number: number
  /** Name of the application. */
  readonly app: string
  /** Subject: a user id, or the client. */
  readonly subject: string
  /** Milliseconds since the epoch; absent for a text that is no JWT. */
  readonly issuedAt?: number
  readonly state: string
  /** The token itself, for decoding; no page shows it. */
  readonly text: string
}

/** All tokens, newest first. */
export function issuedTokens(runtime: Runtime): readonly IssuedToken[] {
  const { accessTokens, idTokens, refreshTokens } = runtime.records
  const ofGrant = ({ app, userId }: Grant) => ({ app: app.name, subject: userId })
  const all: IssuedToken[] = [
    ...[...accessTokens].map(([text, record], index) => ({
      ...described('access', index, text),
      app: record.app.name,
      subject: record.subject,
      state: accessState(runtime, record),
    })),
    ...[...idTokens].map(([text, grant], index) => ({ ...described('id', index, text), ...ofGrant(grant), state: '' })),
    ...[...refreshTokens].map(([text, { grant, replaced }], index) => ({
      ...described('refresh', index, text),
      ...ofGrant(grant),
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
