import type { AccessDecision, AccessParameters, AccessRule, OidcError } from '@countersign/core'
import { type LoginOptions, loginOnce, type SessionState } from '@countersign/core/browser'
import {
  type AllowedComponentProps,
  defineComponent,
  Fragment,
  h,
  type PropType,
  shallowRef,
  type VNode,
  type VNodeProps,
  watchEffect,
} from 'vue'
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
   * after a failure or a logout. Default: true without the slot `unauthenticated`, else false.
   */
  readonly login?: boolean | LoginOptions | undefined
}

/** Slots of {@link Guard}. */
export interface GuardSlots {
  /** Shown to users who fulfil the rule; stays mounted while tokens are renewed. */
  default?(): VNode[]
  /** Shown while it is not known who is signed in, and while leaving for login or logout. Default: nothing. */
  pending?(): VNode[]
  /**
   * Shown when nobody is signed in and no automatic login is under way. `state.error` tells what failed, `login()` starts a
   * login. Default: the error's message and a button "Sign in", or nothing when `login` is false.
   */
  unauthenticated?(props: { state: UnauthenticatedState; login: () => void }): VNode[]
  /** Shown when the rule denies. Default: nothing. */
  denied?(props: { decision: AccessDecision }): VNode[]
}

/**
 * Shows its default slot to users who are signed in and fulfil a rule.
 *
 * It decides what to show; the API decides what happens.
 *
 * @throws {Error} In an app without the plugin.
 */
export const Guard: new () => {
  /** Its props. */
  $props: AllowedComponentProps & VNodeProps & GuardProps
  /** Its slots. */
  $slots: GuardSlots
} = defineComponent({
  props: {
    rule: Object as PropType<AccessRule>,
    parameters: Object as PropType<AccessParameters>,
    login: { type: [Boolean, Object] as PropType<boolean | LoginOptions>, default: undefined },
  },
  setup(props, context) {
    const slots: GuardSlots = context.slots
    const client = useClient()
    const session = useSession()
    const stay = shallowRef<{ error?: OidcError }>()
    const onStay = (error?: OidcError) => {
      stay.value = { error } as { error?: OidcError }
    }
    const wanted = () => props.login ?? !slots.unauthenticated
    // Spread, so that true stands for no options.
    const start = (automatic?: boolean) => client.login({ ...(props.login as LoginOptions), automatic: !!automatic })
    const leaves = () => {
      const { reason, error } = session.value as Partial<UnauthenticatedState>
      return reason === 'never' && !error && !stay.value && wanted()
    }
    watchEffect((onCleanup) => {
      if (leaves()) onCleanup(loginOnce(client, start, onStay))
    })
    const login = () => void start().catch(onStay)

    const content = (state: SessionState): [slot: keyof GuardSlots, nodes: (VNode | undefined)[] | undefined] => {
      if (state.status === 'authenticated') {
        const decision = props.rule && client.can(props.rule, props.parameters)
        return !decision || decision.allowed ? ['default', slots.default?.()] : ['denied', slots.denied?.({ decision })]
      }
      if (state.status !== 'unauthenticated' || leaves()) return ['pending', slots.pending?.()]
      const shown = { ...state, ...stay.value }
      const signIn = () => [
        shown.error && h('p', { role: 'alert' }, shown.error.message),
        h('button', { type: 'button', onClick: login }, 'Sign in'),
      ]
      return ['unauthenticated', slots.unauthenticated?.({ state: shown, login }) ?? (wanted() ? signIn() : [])]
    }
    // With a key, so that nothing of one slot is reused in another.
    const show = ([key, nodes]: ReturnType<typeof content>) => h(Fragment, { key }, nodes)
    return () => show(content(session.value))
  },
}) as never
