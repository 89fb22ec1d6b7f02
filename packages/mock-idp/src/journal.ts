/** What the journal keeps of one request. Tokens, codes, verifiers and secrets are redacted. */
export interface JournalEntry {
  /** Request id, also in the header `x-request-id` of the answer. */
  readonly id: string
  /** Time of the request by `idp.clock`, in milliseconds since the epoch. */
  readonly time: number
  /** HTTP method. */
  readonly method: string
  /** Path without the query. */
  readonly path: string
  /** Name of the endpoint, or `unknown`. */
  readonly endpoint: string
  /** HTTP status of the answer; 0 when it was never given (a fault that hangs). */
  readonly status: number
  /** Parameters of query and body; what is secret stands as `[redacted]`, what was repeated as an array. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>
  /** Why the mock decided as it did, for authorize, login, token, userinfo, revoke and logout. */
  readonly reason?: string
  /** Remarks for the tester: parameters that have no effect here. */
  readonly notes: readonly string[]
}

/** The journal of one mock, oldest entry first. It keeps the last 10000 requests. */
export interface MockLog {
  /** A copy of the entries. */
  readonly entries: readonly JournalEntry[]
  /** Forgets all entries. */
  clear(): void
}

/** A {@link MockLog} that can be written to. */
export interface Journal extends MockLog {
  /** Adds an entry; its parameters are redacted here. */
  add(entry: JournalEntry): void
  /** The next request id. */
  nextId(): string
  /** Forgets all entries and counts ids from the start. */
  reset(): void
}

const mostEntries = 10_000
const secretName = /^code$|verifier|secret|token|password|assertion|csrf|state_id|authorization/i
const secretValue = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/

/** Creates an empty journal. */
export function createJournal(): Journal {
  let entries: JournalEntry[] = []
  let count = 0
  return {
    get entries() {
      return [...entries]
    },
    clear() {
      entries = []
    },
    add(entry) {
      entries.push(Object.freeze({ ...entry, parameters: redact(entry.parameters) }))
      if (entries.length > mostEntries) entries.shift()
    },
    nextId() {
      count += 1
      return `mock-${String(count).padStart(6, '0')}`
    },
    reset() {
      entries = []
      count = 0
    },
  }
}

function redact(parameters: JournalEntry['parameters']): JournalEntry['parameters'] {
  const hide = (name: string, value: string): string =>
    (secretName.test(name) && name !== 'token_type_hint') || secretValue.test(value) ? '[redacted]' : value
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? hide(name, value) : value.map((one) => hide(name, one)),
    ]),
  )
}
