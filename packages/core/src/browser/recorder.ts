import { isOidcError } from '../errors.ts'
import { checkOptions, type OptionRules } from '../options.ts'
import type { SessionEvent } from '../session/events.ts'
import type { TokenStorage } from '../session/token-storage.ts'
import { createBrowserClient } from './browser-client.ts'
import type { BrowserClientOptions } from './browser-client-options.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'

/** One line of a timeline. */
export interface RecordedEntry {
  /** When, in milliseconds since the epoch. */
  readonly at: number
  /** What kind of thing happened. */
  readonly kind: 'page' | 'request' | 'state' | 'event' | 'tab' | 'storage' | 'lock'
  /** What happened: words and addresses, never a value that somebody could use. */
  readonly text: string
}

/** A timeline of what a client did. */
export interface Recorder {
  /** The entries, oldest first. */
  entries(): readonly RecordedEntry[]
  /** The timeline as text, to be pasted into a bug report. */
  report(): string
  /** Forgets the entries. */
  clear(): void
}

/** Options of a recorder. */
export interface RecorderOptions {
  /** How many entries are kept; older ones are forgotten. 10 to 10000. Default 300. */
  readonly most?: number
}

/** A client and the timeline of what it does. */
export interface RecordedClient {
  /** The client, as `createBrowserClient` makes it. */
  readonly client: BrowserClient
  /** Its timeline. */
  readonly recorder: Recorder
}

const optionRules: OptionRules<RecorderOptions> = { most: [10, 10_000] }

/** Values that may be shown; of everything else there is only the name. */
const openValues =
  /^(authorization_code|refresh_token|access_token|none|login|consent|select_account|create|S256|code|signed-in|signed-out|expired|user-changed|idle-timeout|absolute-timeout|access_denied|(login|consent|interaction|account_selection)_required|invalid_(request|client|grant|scope|token)|(unauthorized|unsupported)_\w{1,20}|server_error|temporarily_unavailable)$/

/**
 * Creates a browser client whose doings are written down: requests, decisions, states, words between tabs, locks. The
 * timeline holds no token, code, verifier, state, nonce or claim, and no text that a provider or API has chosen; it is
 * kept in the session storage, so that it goes on after the provider's pages. Addresses of APIs are cut to their origin.
 *
 * @param options - As for `createBrowserClient`.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function createRecordedClient(
  options: BrowserClientOptions,
  recorderOptions: RecorderOptions = {},
): RecordedClient {
  checkOptions(recorderOptions, optionRules, [])
  const { issuer, clientId, fetch: send = (url, init) => fetch(url, init), tokenStorage } = options
  const { note, ...recorder } = createTimeline(
    `countersign ${issuer} ${encodeURIComponent(clientId)}`,
    recorderOptions.most ?? 300,
  )
  const client = createBrowserClient({
    ...options,
    async fetch(url, init) {
      const request = `${init.method ?? 'GET'} ${describeUrl(url, issuer)}${describeBody(init.body)}`
      const started = performance.now()
      const after = () => `after ${Math.round(performance.now() - started)} ms`
      note('request', request)
      try {
        const response = await send(url, init)
        note('request', `${request}: ${response.status || response.type} ${after()}`)
        return response
      } catch (error) {
        note('request', `${request}: no answer ${after()}`)
        throw error
      }
    },
    ...(tokenStorage && { tokenStorage: recordStorage(tokenStorage, note) }),
    onEvent(event) {
      note('event', describeEvent(event))
      options.onEvent?.(event)
    },
  })
  if (typeof document !== 'undefined') watch(client, note)
  return { client, recorder }
}

type Note = (kind: RecordedEntry['kind'], text: string) => void

function createTimeline(name: string, most: number): Recorder & { note: Note } {
  const key = `${name} timeline`
  let entries: readonly RecordedEntry[] = []
  const keep = (next: readonly RecordedEntry[]) => {
    entries = next
    try {
      sessionStorage.setItem(key, JSON.stringify(entries))
    } catch {
      // Without a storage the timeline is of this page alone.
    }
  }
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    if (Array.isArray(found)) entries = found
  } catch {
    // A server, a blocked storage, or something else under this key.
  }
  return {
    note: (kind, text) => keep([...entries.slice(1 - most), { at: Date.now(), kind, text }]),
    entries: () => entries,
    clear: () => keep([]),
    report() {
      const start = entries[0]?.at ?? 0
      const lines = entries.map(
        ({ at, kind, text }) => `${`+${at - start}`.padStart(8)} ms  ${kind.padEnd(7)}  ${text}`,
      )
      return [`Timeline of ${name}, from ${new Date(start).toISOString()}`, ...lines].join('\n')
    },
  }
}

/** What needs a page: its coming and going, states, and what tabs say. */
function watch(client: BrowserClient, note: Note): void {
  note('page', client.isCallback() ? 'loaded at the redirect URI' : 'loaded')
  addEventListener('pagehide', ({ persisted }) => note('page', persisted ? 'left, kept for the way back' : 'left'))
  addEventListener('pageshow', ({ persisted }) => persisted && note('page', 'shown again on the way back'))
  client.subscribe(() => {
    const state = client.getSnapshot()
    const more =
      state.status === 'authenticated'
        ? `${state.renewing ? ' renewing' : ''}${state.stale ? ' stale' : ''}`
        : state.status === 'unauthenticated'
          ? ` ${state.reason}${describeError(state.error)}`
          : ''
    note('state', state.status + more)
  })
  new BroadcastChannel(partsOf(client).name).onmessage = ({ data }) => {
    const [word = ''] = typeof data === 'string' ? data.split(' ') : []
    note('tab', openValues.test(word) ? word : 'a message that is not understood')
  }
}

function recordStorage(storage: TokenStorage, note: Note): TokenStorage {
  return (name) => {
    const kept = storage(name)
    return {
      shared: kept.shared,
      async read() {
        const found = await kept.read()
        note('storage', found ? 'tokens found' : 'no tokens found')
        return found
      },
      async write(tokens) {
        await kept.write(tokens)
        note('storage', tokens ? 'tokens kept' : 'tokens forgotten')
      },
      async renew(mine, steps) {
        let asked = false
        note('lock', 'wanted for a renewal')
        try {
          return await kept.renew(mine, {
            ...steps,
            request(current) {
              asked = true
              note('lock', 'held')
              return steps.request(current)
            },
          })
        } finally {
          note('lock', asked ? 'given back' : 'given back, without a request')
        }
      },
    }
  }
}

function describeUrl(text: string, issuer: string): string {
  const { origin, pathname } = new URL(text)
  // The addresses of the provider are public; those of an API may hold anything.
  return origin === new URL(issuer).origin ? origin + pathname : origin
}

function describeBody(body: unknown): string {
  if (!(typeof body === 'string' || body instanceof URLSearchParams)) return ''
  const grant = new URLSearchParams(body).get('grant_type') ?? ''
  return openValues.test(grant) ? ` ${grant}` : ''
}

function describeEvent(event: SessionEvent): string {
  if (event.type === 'signed-in') return `${event.type} ${event.silent ? 'silently' : 'by the user'}`
  if (event.type === 'restoring') return `${event.type} by ${event.by}`
  if (!('error' in event)) return event.type
  return `${event.type}${event.type === 'ended' ? ` ${event.reason}` : ''}${describeError(event.error)}`
}

/** The code of an error, and the provider's own where it is one of the standard ones; never its message. */
function describeError(error: unknown): string {
  if (!isOidcError(error)) return ''
  const { error: theirs = '', status = '' } = error as { error?: string; status?: number }
  return ` ${error.code}${openValues.test(theirs) ? ` ${theirs}` : ''}${status && ` ${status}`}`
}
