/** The session cookie `DSR` on the wire (IDP-SPEC 2.5). */
import type { Exchange } from '../http/exchange.ts'
import type { Session } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import { sessionCookieName, sessionOfCookie, sessionTokenCookieName } from '../sessions.ts'

/** The session that the browser's cookie names, live or not. */
export function sessionOfBrowser(exchange: Exchange): Session | undefined {
  const { runtime, request } = exchange
  const framedElsewhere =
    request.headers.get('sec-fetch-dest') === 'iframe' && request.headers.get('sec-fetch-site') === 'cross-site'
  if (framedElsewhere && runtime.project.compat.simulateThirdPartyCookieBlocking) {
    exchange.notes.push('the session cookie was ignored: third-party frame')
    return undefined
  }
  for (const name of [sessionCookieName, ...Object.keys(exchange.cookies)]) {
    const value = exchange.cookie(name)
    const session = value?.startsWith('eyJ') ? sessionOfCookie(runtime, value) : undefined
    if (session && nameOf(session) === name) return session
  }
  return undefined
}

function nameOf({ cookieName = sessionCookieName }: Session): string {
  return cookieName
}

/** `Set-Cookie` for a session. `SameSite=Lax` on http, `None; Secure` on https, unless the project says otherwise. */
export function sessionCookie(runtime: Runtime, session: Session): string {
  return writeCookie(runtime, nameOf(session), session.cookie, runtime.project.lifetimes.refreshTokenSeconds)
}

/** `Set-Cookie` of the cookie `DS`: one value where the project sets it, else none. */
export function sessionTokenCookies(runtime: Runtime, { sessionToken }: Session): readonly string[] {
  if (sessionToken === undefined) return []
  return [writeCookie(runtime, sessionTokenCookieName, sessionToken, runtime.project.lifetimes.accessTokenSeconds)]
}

/** `Set-Cookie` values that remove the session cookie, and the cookie `DS` where the project sets it. */
export function clearedSessionCookies(exchange: Exchange): readonly string[] {
  const { runtime } = exchange
  const session = sessionOfBrowser(exchange)
  const names = new Set([sessionCookieName, ...(session ? [nameOf(session)] : [])])
  if (runtime.project.sessionTokenResponseMethod === 'cookies') names.add(sessionTokenCookieName)
  return [...names].map((name) => writeCookie(runtime, name, '', 0))
}

const siteNames = { strict: 'Strict', lax: 'Lax', none: 'None' }

function writeCookie(runtime: Runtime, name: string, value: string, maxAge: number): string {
  const { origin, cookieSameSite } = runtime.project
  const secure = origin.startsWith('https:')
  const site = siteNames[cookieSameSite ?? (secure ? 'none' : 'lax')]
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=${site}${secure ? '; Secure' : ''}`
}
