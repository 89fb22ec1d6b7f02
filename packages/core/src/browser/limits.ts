import { type Clock, systemClock } from '../clock.ts'
import { checkOptions, type OptionRules } from '../options.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'

/** A limit that is near. */
export interface LimitWarning {
  /** The reason that the session will end with. */
  readonly reason: 'idle-timeout' | 'absolute-timeout'
  /** When it ends, in milliseconds since the epoch. */
  readonly endsAt: number
}

/** Options of the limits of a session; at least one of the two limits makes sense. */
export interface SessionLimitOptions {
  /** How long a user may do nothing, in any tab, in seconds, 1 to 31536000. Default: for ever. */
  readonly idleSeconds?: number
  /** How long a session may last after the login, in seconds, 1 to 31536000. Default: for ever. */
  readonly absoluteSeconds?: number
  /** How long before the end a warning comes, in seconds, 0 to 86400. Default 60. */
  readonly warnBeforeSeconds?: number
  /** Called in every tab when a limit is near. */
  readonly onWarning?: (warning: LimitWarning) => void
  /** Called when the warning is over: the user did something, here or in another tab, or the session has ended. */
  readonly onWarningOver?: () => void
}

/** The limits of one session. */
export interface SessionLimits {
  /** Counts as something that the user did, for a button such as "stay signed in". */
  noteActivity(): void
  /** Ends the watching; the session goes on. */
  stop(): void
}

const year = 31_536_000
const optionRules: OptionRules<SessionLimitOptions> = {
  idleSeconds: [1, year],
  absoluteSeconds: [1, year],
  warnBeforeSeconds: [0, 86_400],
  onWarning: 'function',
  onWarningOver: 'function',
}

/** Timers are late in hidden tabs and stand still while the machine sleeps, so the page looks at the clock this often. */
const longestWaitMs = 15_000
const deeds = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll']
const returns = ['focus', 'pageshow', 'visibilitychange', 'resume']

/**
 * Ends the session of this app when its user was idle, or when it lasted too long; in all tabs, with the reason
 * `idle-timeout` or `absolute-timeout`. Tokens are revoked, nobody navigates, and a reload signs nobody in again. The
 * session at the provider goes on: send `prompt=login` with the next login where the user has to be there in person.
 *
 * What a user does in one tab counts for all tabs of the origin. A silent sign-in goes on with the time of the session
 * before it. Call it in every page, before `client.start()`.
 *
 * @param client - A client of `createBrowserClient`.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function limitSession(client: BrowserClient, options: SessionLimitOptions): SessionLimits {
  checkOptions(options, optionRules, [])
  const { name, observe, leave, options: clientOptions } = partsOf(client)
  const { clock = systemClock } = clientOptions
  const key = `${name} limits`
  const times = keepTimes(key, clock)
  const stop = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let warned: number | undefined

  const isSignedIn = () => client.getSnapshot().status === 'authenticated'
  const warn = (warning?: LimitWarning) => {
    const { endsAt } = warning ?? {}
    if (endsAt === warned) return
    warned = endsAt
    if (warning) options.onWarning?.(warning)
    else options.onWarningOver?.()
  }
  const look = () => {
    clearTimeout(timer)
    if (!isSignedIn()) return warn()
    const now = clock.now()
    const next = nextEnd(times.read(), options)
    if (!next) return
    if (now >= next.endsAt) return void leave(next.reason, true)
    const warnAt = next.endsAt - (options.warnBeforeSeconds ?? 60) * 1000
    warn(now < warnAt ? undefined : next)
    timer = setTimeout(look, Math.min((now < warnAt ? warnAt : next.endsAt) - now, longestWaitMs))
  }
  const noteActivity = () => {
    // First of all: who comes back after the end does not get the session back.
    look()
    if (isSignedIn() && times.touch()) look()
  }
  const ends = [
    client.subscribe(look),
    observe((event) => {
      if (event.type === 'signed-in' && !event.silent) times.begin()
    }),
  ]
  for (const deed of deeds) addEventListener(deed, noteActivity, { passive: true, capture: true, signal: stop.signal })
  for (const event of returns) for (const target of [window, document]) target.addEventListener(event, look, stop)
  addEventListener('storage', (event) => event.key === key && look(), stop)
  look()
  return {
    noteActivity,
    stop() {
      clearTimeout(timer)
      stop.abort()
      for (const end of ends) end()
    },
  }
}

/** When a session began, and when its user last did something, in milliseconds since the epoch. */
interface Times {
  readonly startedAt: number
  readonly activeAt: number
}

/** Keeps the times where all tabs see them; in a browser that keeps nothing, each page counts for itself. */
function keepTimes(key: string, clock: Clock) {
  let own: Times | undefined
  const write = (next: Times) => {
    own = next
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      // The page goes on with its own count.
    }
    return next
  }
  const begin = () => write({ startedAt: clock.now(), activeAt: clock.now() })
  const read = (): Times => {
    try {
      const { startedAt, activeAt } = JSON.parse(localStorage.getItem(key) ?? '') as Partial<Times>
      if (Number.isFinite(startedAt) && Number.isFinite(activeAt)) own = { startedAt, activeAt } as Times
    } catch {
      // Blocked, or nothing that could be times.
    }
    return own ?? begin()
  }
  return {
    begin,
    read,
    /** Notes that the user did something; once a second is enough. */
    touch(): boolean {
      const { startedAt, activeAt } = read()
      const isNews = Math.abs(clock.now() - activeAt) >= 1000
      if (isNews) write({ startedAt, activeAt: clock.now() })
      return isNews
    },
  }
}

function nextEnd(
  { startedAt, activeAt }: Times,
  { idleSeconds = Number.POSITIVE_INFINITY, absoluteSeconds = Number.POSITIVE_INFINITY }: SessionLimitOptions,
): LimitWarning | undefined {
  const idle: LimitWarning = { reason: 'idle-timeout', endsAt: activeAt + idleSeconds * 1000 }
  const absolute: LimitWarning = { reason: 'absolute-timeout', endsAt: startedAt + absoluteSeconds * 1000 }
  const next = idle.endsAt < absolute.endsAt ? idle : absolute
  return Number.isFinite(next.endsAt) ? next : undefined
}
