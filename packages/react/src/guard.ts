import type { AccessDecision, AccessParameters, AccessRule, OidcError } from '@countersign/core'
import { type LoginOptions, loginOnce, type SessionState } from '@countersign/core/browser'
import { createElement, Fragment, type ReactNode, useEffect, useState } from 'react'
import { useAccess } from './use-access.ts'
import { useClient } from './use-client.ts'
import { useSession } from './use-session.ts'

/** The state in which nobody is signed in. */
export type UnauthenticatedState = Extract<SessionState, { status: 'unauthenticated' }>

/** Props of {@link Guard}. */
export interface GuardProps {
  /** What the user needs. Default: to be signed in. */
  readonly rule?: AccessRule | undefined
  /** What the parameters of the rule stand for, such as those of the route. Default: none. */
  readonly parameters?: AccessParameters | undefined
  /**
   * Whether to send users to the provider by itself, or with which options. That happens at most once a page, and never
   * after a failure or a logout. Default: true without `unauthenticated`, else false.
   */
  readonly login?: boolean | LoginOptions | undefined
  /** Shown while it is not known who is signed in, and while leaving for login or logout. Default: nothing. */
  readonly pending?: ReactNode
  /**
   * Shown when nobody is signed in and no automatic login is under way. A function gets the state, whose `error` tells what
   * failed, and a function that starts a login. Default: the error's message and a button "Sign in", or nothing when `login`
   * is false.
   */
  readonly unauthenticated?: ReactNode | ((state: UnauthenticatedState, login: () => void) => ReactNode)
  /** Shown when the rule denies. A function gets the decision. Default: nothing. */
  readonly denied?: ReactNode | ((decision: AccessDecision) => ReactNode)
  /** Shown to users who fulfil the rule; stays mounted while tokens are renewed. */
  readonly children?: ReactNode
}

const anyone: AccessRule = { type: 'allOf', rules: [] }

/**
 * Shows its children to users who are signed in and fulfil a rule.
 *
 * It decides what to show; the API decides what happens.
 *
 * @throws {Error} When there is no `CountersignProvider` above.
 */
export function Guard({
  rule = anyone,
  parameters,
  login,
  pending,
  unauthenticated,
  denied,
  children,
}: GuardProps): ReactNode {
  const client = useClient()
  const state = useSession()
  const decision = useAccess(rule, parameters)
  const [stay, setStay] = useState<{ error?: OidcError }>()
  const wanted = login ?? unauthenticated === undefined
  const leaves = wanted && !stay && state.status === 'unauthenticated' && state.reason === 'never' && !state.error
  const onStay = (error?: OidcError) => setStay({ error } as { error?: OidcError })
  // Spread, so that true stands for no options.
  const leave = (automatic = false) => client.login({ ...(login as LoginOptions), automatic })

  // biome-ignore lint/correctness/useExhaustiveDependencies: options that are written inline must not start anything again.
  useEffect(() => (leaves ? loginOnce(client, leave, onStay) : undefined), [client, leaves])

  if (state.status === 'authenticated') {
    if (decision.allowed) return children
    return typeof denied === 'function' ? denied(decision) : denied
  }
  if (state.status !== 'unauthenticated' || leaves) return pending
  const shown = { ...state, ...stay }
  const start = () => void leave().catch(onStay)
  if (typeof unauthenticated === 'function') return unauthenticated(shown, start)
  if (unauthenticated !== undefined || !wanted) return unauthenticated
  return createElement(
    Fragment,
    null,
    shown.error && createElement('p', { role: 'alert' }, shown.error.message),
    createElement('button', { type: 'button', onClick: start }, 'Sign in'),
  )
}
