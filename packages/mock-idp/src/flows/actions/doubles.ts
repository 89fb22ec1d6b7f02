/** Test doubles of authentication that needs a device or another provider (IDP-SPEC 4.4). */
import { findTenant } from '../../project.ts'
import { FlowError } from '../flow-error.ts'
import { findByEmail } from '../unauth-user.ts'
import { type ActionRun, type FlowAction, requiredText } from './action.ts'
import { authenticated, modeOf } from './authenticate.ts'
import { currentTotp } from './totp.ts'

/** The user of the run, or the one that the form names. */
function namedUser({ runtime, execution }: ActionRun) {
  const { userId, form } = execution
  const name = userId ?? form.loginId ?? form.externalId ?? form.email
  return typeof name === 'string' ? (runtime.users.get(name) ?? findByEmail(runtime, name)) : undefined
}

/** `passkey`: approves when the user has one. */
export const passkey: FlowAction = (run) => {
  modeOf(run)
  const user = namedUser(run)
  if (user?.passkey !== true) throw new FlowError('NoPasskey', 'There is no passkey for this user.')
  return authenticated(run, user, 'webauthn')
}

/** `totp`: checks a code of the user's authenticator app (RFC 6238). */
export const totp: FlowAction = async (run) => {
  const code = requiredText(run, 'code')
  const user = namedUser(run)
  const now = run.runtime.clock.now()
  const seed = user?.totpSeed
  const codes = seed === undefined ? [] : await Promise.all([0, -30_000].map((ago) => currentTotp(seed, now + ago)))
  if (!user || !codes.includes(code)) {
    throw new FlowError('WrongCode', 'This code is not right.', { errorCode: 'E061102' })
  }
  return authenticated(run, user, 'totp')
}

/** `social`: the user that the configuration names for the provider. */
export const social: FlowAction = (run) => federated(run, requiredText(run, 'provider'), 'oauth')

/** `sso`: the user that the configuration names for the tenant. */
export const sso: FlowAction = (run) => {
  const name = requiredText(run, 'tenant')
  return federated(run, findTenant(run.runtime.project, name)?.id ?? name, 'fed')
}

function federated(run: ActionRun, provider: string, method: string) {
  const { providers = {} } = run.runtime.flows.settings
  const loginId = Object.hasOwn(providers, provider) ? providers[provider] : undefined
  const user = loginId === undefined ? undefined : run.runtime.users.get(loginId)
  if (!user) throw new FlowError('ProviderError', 'The other provider gave no user.')
  return authenticated(run, user, method)
}
