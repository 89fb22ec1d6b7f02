/** Actions on the user and the session of a run. */

import { findTenant } from '../../project.ts'
import { FlowError } from '../flow-error.ts'
import { type FlowAction, requiredText } from './action.ts'

/** `load-user`: the user of the session, not signed in again yet. */
export const loadUser: FlowAction = ({ execution }) => {
  const { session } = execution
  if (!session) throw new FlowError('NoSession', 'Nobody is signed in.')
  execution.userId = session.userId
  return {}
}

/** `mark-step-up`: a later sign-in of the same user sets the claim `su`. */
export const markStepUp: FlowAction = ({ execution }) => {
  const user = execution.userId ?? execution.session?.userId
  if (user === undefined) throw new FlowError('NoSession', 'Nobody is signed in.')
  execution.stepUpUser = user
  return {}
}

const attributes: Readonly<Record<string, string>> = {
  name: 'name',
  displayName: 'name',
  fullName: 'name',
  givenName: 'givenName',
  firstName: 'givenName',
  middleName: 'middleName',
  familyName: 'familyName',
  lastName: 'familyName',
  email: 'email',
  phone: 'phone',
  picture: 'picture',
}

const customPrefix = 'customAttributes.'

/** `update-user`: writes profile and custom attributes; visible to the next node. */
export const updateUser: FlowAction = ({ runtime, execution, args }) => {
  const user = execution.userId === undefined ? undefined : runtime.users.get(execution.userId)
  if (!user) throw new FlowError('NoSession', 'There is no user to change.')
  const changes: Record<string, unknown> = {}
  const custom: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(args)) {
    if (name.startsWith(customPrefix)) custom[name.slice(customPrefix.length)] = value
    else if (Object.hasOwn(attributes, name) && typeof value !== 'object')
      changes[attributes[name] ?? name] = String(value)
    else throw new FlowError('UnknownAttribute', `users have no attribute ${name}`)
  }
  runtime.users.update(user.id, {
    ...changes,
    ...(Object.keys(custom).length > 0 && { customAttributes: { ...user.customAttributes, ...custom } }),
  })
  return { attributes: Object.keys(args) }
}

/** `select-tenant`: sets the current tenant of the coming tokens. */
export const selectTenant: FlowAction = (run) => {
  const { runtime, execution } = run
  const user = execution.userId === undefined ? undefined : runtime.users.get(execution.userId)
  const tenant = findTenant(runtime.project, requiredText(run, 'tenant'))
  if (!user || !tenant || !Object.hasOwn(user.tenants, tenant.id)) {
    throw new FlowError('NotAMember', 'The user is not a member of this tenant.')
  }
  execution.tenant = tenant.id
  execution.tenantSelected = true
  return { tenant: tenant.id }
}

/** `reset-auth-info`: drops what authentication found. */
export const resetAuthInfo: FlowAction = ({ execution }) => {
  delete execution.auth
  delete execution.userId
  execution.steppedUp = false
  return {}
}

/** `revoke-other-sessions`: ends the other sessions of the user. */
export const revokeOtherSessions: FlowAction = ({ runtime, execution }) => {
  const user = execution.userId ?? execution.session?.userId
  if (user === undefined) throw new FlowError('NoSession', 'Nobody is signed in.')
  const others = [...runtime.records.sessions.values()].filter(
    (session) => session.userId === user && !session.ended && session.id !== execution.session?.id,
  )
  for (const session of others) session.ended = true
  return { ended: others.length }
}
