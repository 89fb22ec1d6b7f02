/** The project-wide audit list (IDP-SPEC S-048): what happened to users and applications, beside the request journal. */
import type { TimeSource } from './clock.ts'
import type { Restorable } from './snapshot.ts'

/** What an audit entry tells. */
export type AuditEvent =
  | 'login'
  | 'login-failed'
  | 'logout'
  | 'token-issued'
  | 'token-refused'
  | 'token-revoked'
  | 'consent-granted'
  | 'consent-refused'
  | 'consent-deleted'
  | 'secret-added'
  | 'secret-revoked'
  | 'secret-rotated'
  | 'warning'

/** One entry of the audit list. It holds no token, code, password or secret. */
export interface AuditEntry {
  /** Time by `idp.clock`, in milliseconds since the epoch. */
  readonly time: number
  /** What happened. */
  readonly event: AuditEvent
  /** The same in words: the grant, the reason of a refusal, the parameter without effect. */
  readonly detail: string
  /** Id of the request behind it, as in the journal; absent for acts of the test. */
  readonly requestId?: string
  /** Id of the user it is about. */
  readonly userId?: string
  /** Client id of the application it is about. */
  readonly clientId?: string
}

/** The audit list of one mock, oldest entry first. It keeps the last 1000 entries. */
export interface MockAudit {
  /** A copy of the entries. */
  readonly entries: readonly AuditEntry[]
  /** Forgets all entries. */
  clear(): void
}

/** A {@link MockAudit} that can be written to. */
export interface Audit extends MockAudit, Restorable {
  /** Adds an entry with the time of now. Members that are `undefined` are left out. */
  add(event: AuditEvent, detail: string, about?: { [Member in AuditSubject]?: string | undefined }): void
}

type AuditSubject = 'requestId' | 'userId' | 'clientId'

const mostEntries = 1000

/** Creates an empty audit list. */
export function createAudit(clock: TimeSource): Audit {
  let entries: AuditEntry[] = []
  return {
    get entries() {
      return [...entries]
    },
    clear() {
      entries = []
    },
    save() {
      const kept = [...entries]
      return () => {
        entries = [...kept]
      }
    },
    add(event, detail, about = {}) {
      const known = Object.entries(about).filter(([, value]) => value !== undefined)
      entries.push(Object.freeze({ time: clock.now(), event, detail, ...Object.fromEntries(known) }))
      if (entries.length > mostEntries) entries.shift()
    },
  }
}
