/** What the browser of a hosted page remembers beyond a login, in cookies, for `lastAuth` and `abTestingKey` (IDP-SPEC 4.6). */
import type { Execution } from '../flows/execution.ts'
import type { Exchange } from '../http/exchange.ts'
import type { MockUser } from '../model/user.ts'
import type { Random } from '../random.ts'

/** Cookie of the login id that was used last. */
const lastLoginIdCookie = 'mock_last_login_id'
/** Cookie of the group for tests of variants, 1 to 100. */
const testGroupCookie = 'mock_ab_testing_key'

/** What a flow may know of the browser, and the cookies that keep it. */
export interface BrowserMemory {
  /** Members of the hints of a run. */
  readonly hints: Readonly<Record<string, unknown>>
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[]
}

/** Reads the memory of the browser of a request; a new browser gets a group. */
export function browserMemory({ cookie, runtime }: Exchange): BrowserMemory {
  const loginId = decoded(cookie(lastLoginIdCookie) ?? '')
  const kept = /^([1-9]\d?|100)$/.exec(cookie(testGroupCookie) ?? '')?.[0]
  const group = kept ?? String(newGroup(runtime.random))
  return {
    hints: { abTestingKey: Number(group), ...(loginId !== '' && { lastAuth: { loginId } }) },
    cookies: kept === undefined ? [longCookie(testGroupCookie, group)] : [],
  }
}

/** `Set-Cookie` of the login id of a login that has ended well: the one that was typed, else the first one of the user. */
export function lastLoginCookies({ form }: Execution, { loginIds }: MockUser): readonly string[] {
  const typed = Object.values(form)
  const loginId = loginIds.find((id) => typed.includes(id)) ?? loginIds[0]
  return loginId === undefined ? [] : [longCookie(lastLoginIdCookie, encodeURIComponent(loginId))]
}

/** `Set-Cookie` for a year. */
export function longCookie(name: string, value: string): string {
  return `${name}=${value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`
}

function newGroup(random: Random): number {
  return 1 + (Number.parseInt(random.id('').slice(0, 6), 36) % 100)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
