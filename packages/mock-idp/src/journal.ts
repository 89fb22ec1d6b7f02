import type { Restorable } from './snapshot.ts'

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
  /** What was answered; absent when nothing was. */
  readonly answer?: JournalAnswer
  /** Parameters of query and body; what is secret stands as `[redacted]`, what was repeated as an array. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>
  /** Why the mock decided as it did, for authorize, login, token, userinfo, revoke and logout. */
  readonly reason?: string
  /** Client id that the request names, in a header too, or that its login or token belongs to; absent without one. */
  readonly clientId?: string
  /** Id of the authorize request that began the login this request belongs to, its own id there; absent outside of logins. */
  readonly login?: string
  /** Names of the faults that acted, in their order. */
  readonly faults: readonly string[]
  /** Remarks for the tester: parameters that have no effect here. */
  readonly notes: readonly string[]
}

/** What the journal keeps of an answer. Tokens, codes and secrets are redacted. */
export interface JournalAnswer {
  /** Media type of the body; absent without a body. */
  readonly contentType?: string
  /** Target of a redirect; what is secret in its query or fragment stands as `[redacted]`. */
  readonly location?: string
  /** Names of the cookies that were set or cleared. */
  readonly cookies: readonly string[]
  /** Body of a JSON answer; what is secret stands as `[redacted]`. Pages are not kept. */
  readonly body?: unknown
}

/** The journal of one mock, oldest entry first. It keeps the last 1000 requests, and of them at most 4 million characters. */
export interface MockLog {
  /** A copy of the entries. */
  readonly entries: readonly JournalEntry[]
  /** Forgets all entries. */
  clear(): void
  /** Calls a function with each new entry; the returned function ends that. */
  subscribe(listener: (entry: JournalEntry) => void): () => void
}

/** A request and its answer, secrets and all. */
export interface RawEntry extends Omit<JournalEntry, 'answer'> {
  readonly answer?: Omit<JournalAnswer, 'body'> & {
    /** JSON text. */
    readonly body?: string
  }
}

/** A {@link MockLog} that can be written to. */
export interface Journal extends MockLog, Restorable {
  /** Adds an entry. What is secret in it is redacted before anybody reads it. */
  add(entry: RawEntry): void
  /** The next request id. */
  nextId(): string
  /** Forgets all entries and counts ids from the start. */
  reset(): void
}

const mostEntries = 1000
const mostCharacters = 4_000_000
const secretName = /^(device_|user_)?code$|verifier|secret|token|password|assertion|csrf|state_id|authorization/i
const secretValue = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/

/** Redacting costs more than most answers do, so it waits until somebody reads. */
interface Line {
  readonly size: number
  readonly read: () => JournalEntry
}

/** Creates an empty journal. */
export function createJournal(): Journal {
  let lines: Line[] = []
  let size = 0
  let count = 0
  const listeners = new Set<(entry: JournalEntry) => void>()
  const clear = (): void => {
    lines = []
    size = 0
  }
  return {
    get entries() {
      return lines.map((line) => line.read())
    },
    clear,
    add(raw) {
      let entry: JournalEntry | undefined
      const line: Line = {
        size: sizeOf(raw),
        read() {
          entry ??= redact(raw)
          return entry
        },
      }
      lines.push(line)
      size += line.size
      while (lines.length > mostEntries || (size > mostCharacters && lines.length > 1)) size -= lines.shift()?.size ?? 0
      for (const listener of listeners) {
        try {
          listener(line.read())
        } catch (error) {
          // A broken listener is its owner's to see, and no reason to answer a request otherwise.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    nextId() {
      count += 1
      return `mock-${String(count).padStart(6, '0')}`
    },
    reset() {
      clear()
      count = 0
    },
    save() {
      const kept = { lines: [...lines], size, count }
      return () => {
        ;({ size, count } = kept)
        lines = [...kept.lines]
      }
    },
  }
}

/**
 * What is kept of an answer.
 *
 * @param body - Text of the answer.
 * @param cookies - Values of `Set-Cookie`.
 */
export function journalAnswer(
  { headers }: Response,
  body: string,
  cookies: readonly string[],
): NonNullable<RawEntry['answer']> {
  const contentType = headers.get('content-type')?.split(';')[0]
  const location = headers.get('location')
  return {
    ...(body !== '' && contentType !== undefined && { contentType }),
    ...(location !== null && { location }),
    cookies: cookies.map((cookie) => cookie.split('=')[0] ?? ''),
    ...(contentType === 'application/json' && body !== '' && { body }),
  }
}

function sizeOf({ parameters, answer }: RawEntry): number {
  const texts = Object.values(parameters).flat()
  return [...texts, answer?.location ?? '', answer?.body ?? ''].reduce((sum, text) => sum + text.length, 0)
}

function redact({ answer, parameters, ...rest }: RawEntry): JournalEntry {
  const { location, body } = answer ?? {}
  return Object.freeze({
    ...rest,
    ...(answer && {
      answer: {
        ...answer,
        ...(location !== undefined && { location: redactUrl(location) }),
        ...(body !== undefined && { body: redactJson(body) }),
      },
    }),
    parameters: redactParameters(parameters),
  })
}

function redactUrl(location: string): string {
  const [address = '', fragment] = location.split(/#(.*)/s)
  const [base = '', query] = address.split(/\?(.*)/s)
  const asked = query === undefined ? '' : `?${redactPairs(query)}`
  // A response mode puts the answer into the fragment; any other fragment stays as it is.
  const rest = fragment === undefined ? '' : `#${fragment.includes('=') ? redactPairs(fragment) : fragment}`
  return `${base}${asked}${rest}`
}

function redactPairs(pairs: string): string {
  return String(
    new URLSearchParams(Array.from(new URLSearchParams(pairs), ([name, value]) => [name, hide(name, value)])),
  )
}

/** Names of members that hold secrets in answers; `token_endpoint` and `token_type` do not. */
const secretMember =
  /^((device_|user_)?code|verification_uri_complete)$|(^|_)(access|refresh|id)_?token$|secret$|cleartext|jwt$|password|cookie|redirectTo/i

function redactJson(body: string): unknown {
  try {
    return JSON.parse(body, (name, value: unknown) =>
      typeof value === 'string' && (secretMember.test(name) || secretValue.test(value)) ? '[redacted]' : value,
    )
  } catch {
    return '[not JSON]'
  }
}

function hide(name: string, value: string): string {
  return (secretName.test(name) && name !== 'token_type_hint') || secretValue.test(value) ? '[redacted]' : value
}

function redactParameters(parameters: JournalEntry['parameters']): JournalEntry['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' ? hide(name, value) : value.map((one) => hide(name, one)),
    ]),
  )
}
