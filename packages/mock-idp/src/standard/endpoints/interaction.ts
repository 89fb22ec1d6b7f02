/** Whether the user must do something before a code can be given (OpenID Connect Core 3.1.2.1, 3.1.2.3, 3.1.2.4). */
import { oauthProblem } from '../../http/problem.ts'
import type { MockUser } from '../../model/user.ts'
import type { Session } from '../../records.ts'
import type { Runtime } from '../../runtime.ts'
import type { StandardRequest } from '../records.ts'
import type { AcrLevel } from '../settings.ts'

/** A user who is signed in at the provider. */
export interface Login {
  readonly session: Session
  readonly user: MockUser
}

/** What an authorization request says about the login. */
export interface LoginRequest {
  readonly runtime: Runtime
  readonly prompt: readonly string[]
  readonly loginHint: string | undefined
  readonly request: Omit<StandardRequest, 'reauthenticate'>
}

/** Why the user must sign in. */
export interface LoginNeed {
  /** The error of `prompt=none`. */
  readonly code: 'login_required' | 'account_selection_required'
  readonly reason: string
  /** True when the present session does not count. */
  readonly reauthenticate: boolean
  /** Id of the flow of that login. */
  readonly flow?: string
}

/** The rules in their order; the first one that applies decides. */
const loginChecks: readonly {
  readonly name: string
  readonly check: (request: LoginRequest, login: Login) => LoginNeed | undefined
}[] = [
  {
    name: 'prompt login',
    check: ({ prompt }) => (prompt.includes('login') ? again('prompt asks for a login') : undefined),
  },
  {
    name: 'prompt select_account',
    check: ({ prompt }) =>
      prompt.includes('select_account')
        ? { ...again('prompt asks for the choice of an account'), code: 'account_selection_required' }
        : undefined,
  },
  {
    name: 'max_age',
    check({ runtime, request: { maxAge } }, { session }) {
      if (maxAge === undefined) return undefined
      const ageMs = runtime.clock.now() - session.authenticatedAt
      return maxAge === 0 || ageMs > maxAge * 1000 ? again('the login is older than max_age') : undefined
    },
  },
  {
    name: 'id_token_hint',
    check: ({ request: { hintedUser } }, { user }) =>
      hintedUser === undefined || hintedUser === user.id ? undefined : again('id_token_hint names another user'),
  },
  {
    name: 'login_hint',
    check: ({ loginHint }, { user }) =>
      loginHint === undefined || [user.id, user.email, user.phone, ...user.loginIds].includes(loginHint)
        ? undefined
        : again('login_hint names another user'),
  },
  {
    name: 'acr',
    check({ runtime, request: { acrValues } }, { session }) {
      const levels = levelsOf(runtime, acrValues)
      const [best] = levels
      if (!best || levels.some((level) => reaches(session, level))) return undefined
      return { ...again('the login does not reach the asked acr'), reauthenticate: false, ...flowOf(best) }
    },
  },
]

function again(reason: string): LoginNeed {
  return { code: 'login_required', reason, reauthenticate: true }
}

/** Why the user must sign in, and how; `undefined` when the present login is good for the request. */
export function loginNeed(request: LoginRequest, login: Login | undefined): LoginNeed | undefined {
  const [best] = levelsOf(request.runtime, request.request.acrValues)
  const flow = best ? flowOf(best) : {}
  if (!login) return { code: 'login_required', reason: 'there is no session', reauthenticate: false, ...flow }
  for (const { check } of loginChecks) {
    const need = check(request, login)
    if (need) return { ...flow, ...need }
  }
  return undefined
}

/** Throws when the login that has just ended is not the one that was asked for. */
export function checkLogin(runtime: Runtime, request: StandardRequest, { session, user }: Login): void {
  const { reauthenticate, startedAt, hintedUser, acrValues, acrEssential } = request
  if (reauthenticate && session.authenticatedAt < startedAt) {
    throw oauthProblem(400, 'login_required', 'a new login was asked for')
  }
  if (hintedUser !== undefined && hintedUser !== user.id) {
    throw oauthProblem(400, 'login_required', 'another user than the one of id_token_hint signed in')
  }
  if (acrEssential && !levelsOf(runtime, acrValues).some((level) => reaches(session, level))) {
    throw oauthProblem(400, 'unmet_authentication_requirements', 'the login does not reach the asked acr')
  }
}

/** Value of `acr` for a request: the first asked one that the session reaches, else the strongest. */
export function acrFor(runtime: Runtime, acrValues: readonly string[], session: Session): string | undefined {
  const { acr } = runtime.standard.settings
  const asked = levelsOf(runtime, acrValues).find((level) => reaches(session, level))
  return (asked ?? acr.findLast((level) => reaches(session, level)))?.value
}

function levelsOf({ standard }: Runtime, acrValues: readonly string[]): readonly AcrLevel[] {
  return acrValues.flatMap((value) => standard.settings.acr.filter((level) => level.value === value))
}

function reaches(session: Session, level: AcrLevel): boolean {
  return level.amr.every((method) => session.amr.includes(method))
}

function flowOf({ flow }: AcrLevel): { readonly flow?: string } {
  return flow === undefined ? {} : { flow }
}
