import * as base64url from 'jose/base64url'
import { epochSeconds } from './clock.ts'
import type { MockUser } from './model/user.ts'
import type { Session } from './records.ts'
import type { Runtime } from './runtime.ts'
import { announceLogout } from './standard/logout.ts'
import { signSessionToken } from './tokens/session-token.ts'
import { signSessionCookie } from './tokens/user-tokens.ts'

/** Name of the cookie that holds the session, unless the end node of a flow chose another (IDP-SPEC 2.5). */
export const sessionCookieName = 'DSR'

/** Name of the cookie that holds the session token, where the project sets it. */
export const sessionTokenCookieName = 'DS'

/** A login at the provider as tests see it. */
export interface MockSession {
  /** Session id. */
  readonly id: string
  /** Id of the user. */
  readonly userId: string
  /** `Cookie` header for requests of a browser that holds this session: `DSR=...`. A secret. */
  readonly cookie: string
}

/** How a session of {@link MockSessions.create} came to be. */
export interface SessionOptions {
  /** Methods of the login, claim `amr`. Default `['pwd']`. */
  readonly amr?: readonly string[]
  /** The user has just completed a step-up: tokens carry `su` while it lasts. Default false. */
  readonly stepUp?: boolean
}

/** Control over sessions without walking the login page. */
export interface MockSessions {
  /** Signs a user in, named by id or login id, by password unless told otherwise. Throws a `TypeError` when the user is unknown or not active. */
  create(user: string, options?: SessionOptions): Promise<MockSession>
  /** Sessions that have neither ended nor expired. */
  list(): readonly MockSession[]
  /** Ends a session as logout does: its refresh tokens and userinfo stop working. False when it was not live. */
  end(id: string): boolean
}

/** Starts a session of a user and records it. */
export async function startSession(runtime: Runtime, user: MockUser, amr: readonly string[]): Promise<Session> {
  const { clock, project, random, records, audit } = runtime
  const seconds = project.lifetimes.refreshTokenSeconds
  const id = random.text(16)
  const cookie = await signSessionCookie(runtime, user, { amr, exp: epochSeconds(clock) + seconds, jti: id })
  const session: Session = {
    id,
    userId: user.id,
    authenticatedAt: clock.now(),
    amr,
    expiresAt: clock.now() + seconds * 1000,
    cookie,
    ...(project.sessionTokenResponseMethod === 'cookies' && {
      sessionToken: await signSessionToken(runtime, user, amr),
    }),
    ended: false,
  }
  records.sessions.set(session.id, session)
  audit.add('login', amr.join(' '), { userId: user.id })
  return session
}

/** Ends a session: its refresh tokens and userinfo stop working, and clients that asked for it are told. */
export function endSession(runtime: Runtime, session: Session, requestId?: string): void {
  session.ended = true
  announceLogout(runtime, session)
  runtime.audit.add('logout', 'session ended', { userId: session.userId, requestId })
}

/** Records that a step-up of the session has just been completed (IDP-SPEC 2.6, "Lifetimes"). */
export function completeStepUp({ clock, project }: Runtime, session: Session): void {
  session.stepUpUntil = clock.now() + project.lifetimes.stepUpSeconds * 1000
}

/** True while a completed step-up of the session lasts. */
export function hasStepUp({ clock }: Runtime, session: Session | undefined): boolean {
  return (session?.stepUpUntil ?? 0) > clock.now()
}

/**
 * The session if it is live, together with its user; `undefined` when it ended, expired or its user may not sign in.
 * A session that is asked for is forgotten last.
 */
export function liveSession(
  runtime: Runtime,
  session: Session | undefined,
): { readonly session: Session; readonly user: MockUser } | undefined {
  if (!session || session.ended || session.expiresAt <= runtime.clock.now()) return undefined
  const { sessions } = runtime.records
  if (sessions.delete(session.id)) sessions.set(session.id, session)
  const user = runtime.users.get(session.userId)
  return user?.status === 'active' ? { session, user } : undefined
}

/** Finds a session by the value of its cookie, live or not. The claim `jti` of the cookie is the session id. */
export function sessionOfCookie({ records }: Runtime, cookie: string | undefined): Session | undefined {
  const id = cookie === undefined ? undefined : tokenIdOf(cookie)
  const session = id === undefined ? undefined : records.sessions.get(id)
  return session?.cookie === cookie ? session : undefined
}

function tokenIdOf(jwt: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(jwt.split('.')[1] ?? '')))
    const id: unknown = typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'jti') : undefined
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

/** Builds the control that tests get. */
export function createSessionControl(runtime: Runtime): MockSessions {
  const view = (session: Session): MockSession => ({
    id: session.id,
    userId: session.userId,
    cookie: `${session.cookieName ?? sessionCookieName}=${session.cookie}`,
  })
  return {
    async create(name, { amr = ['pwd'], stepUp = false } = {}) {
      const user = runtime.users.get(name)
      if (user?.status !== 'active') throw new TypeError(`sessions: ${JSON.stringify(name)} is not an active user`)
      const session = await startSession(runtime, user, amr)
      if (stepUp) completeStepUp(runtime, session)
      return view(session)
    },
    list: () => [...runtime.records.sessions.values()].filter((one) => liveSession(runtime, one)).map(view),
    end(id) {
      const live = liveSession(runtime, runtime.records.sessions.get(id))
      if (live) endSession(runtime, live.session)
      return live !== undefined
    },
  }
}
