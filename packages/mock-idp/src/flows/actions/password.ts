/** `password-auth`. */
import { isEmail } from '../conditions.ts'
import { FlowError } from '../flow-error.ts'
import type { FlowAction } from './action.ts'
import { authenticated, modeOf, userFor } from './authenticate.ts'

/** Checks login id and password; a sign-up stores them. */
export const passwordAuth: FlowAction = (run) => {
  const mode = modeOf(run)
  const loginId = String(run.args.loginId ?? '')
  const password = String(run.args.password ?? '')
  const known = run.runtime.users.get(loginId)
  const about = known ? { userId: known.id } : {}
  const wrong = (): FlowError => new FlowError('WrongCredentials', 'The login ID or the password is not right.', about)
  if (loginId === '' || password === '') throw wrong()
  if (mode === 'sign-up' || (mode === 'sign-up-or-in' && !known)) {
    const { user, created } = userFor(run, mode, loginId, { password, ...(isEmail(loginId) && { email: loginId }) })
    return authenticated(run, user, 'pwd', created)
  }
  // One answer for an unknown login id and for a wrong password: the form must not tell which users exist.
  if (known?.password === undefined || known.password !== password) throw wrong()
  return authenticated(run, known, 'pwd')
}
