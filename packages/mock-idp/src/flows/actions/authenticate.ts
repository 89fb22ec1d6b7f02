/** The end of every authenticating action: who it is, and by which method (IDP-SPEC 4.4). */
import { epochSeconds } from '../../clock.ts'
import type { MockUser } from '../../model/user.ts'
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import { amrOf } from '../execution.ts'
import { FlowError } from '../flow-error.ts'
import { findByEmail, findByPhone } from '../unauth-user.ts'
import { type ActionOutcome, type ActionRun, choice } from './action.ts'

/** The modes of authenticating actions. */
export type AuthMode = 'sign-up' | 'sign-in' | 'sign-up-or-in'

/** Reads the argument `mode`. */
export function modeOf(run: ActionRun): AuthMode {
  return choice(run, 'mode', ['sign-up', 'sign-in', 'sign-up-or-in'], 'sign-in')
}

/** Records a success. Throws for users that may not sign in and for another user than a step-up is for. */
export async function authenticated(
  { runtime, execution }: ActionRun,
  user: MockUser,
  method: string,
  created = false,
): Promise<ActionOutcome> {
  if (user.status !== 'active') {
    throw new FlowError('UserDisabled', 'This user cannot sign in. Ask your administrator.', { userId: user.id })
  }
  const { auth, stepUpUser } = execution
  if (stepUpUser !== undefined && stepUpUser !== user.id) {
    throw new FlowError('UserMismatch', 'This is another user than the one who is signed in.')
  }
  const same = auth?.userId === user.id ? auth : undefined
  execution.userId = user.id
  if (stepUpUser === user.id) execution.steppedUp = true
  const result = {
    userId: user.id,
    methods: [...new Set([...(same?.methods ?? []), method])],
    firstSeen: created || (same?.firstSeen ?? false),
  }
  execution.auth = { ...result, sessionJwt: '', refreshJwt: '' }
  if (readsTokens(runtime, execution)) {
    execution.auth = { ...result, ...(await previewTokens(runtime, user, amrOf(execution))) }
  }
  return { method, firstSeen: result.firstSeen }
}

/** Two signatures in each login would be felt, so they are made for flows that read them and for stand-alone runs. */
function readsTokens({ flows }: ActionRun['runtime'], { transaction, frames }: ActionRun['execution']): boolean {
  return !transaction || [...frames.map(({ flow }) => flow), ...flows.registry.list()].some((flow) => flow.readsTokens)
}

/** The tokens that `authInfo` shows. They are no grant: only a successful end gives tokens that work. */
async function previewTokens(
  runtime: ActionRun['runtime'],
  user: MockUser,
  amr: readonly string[],
): Promise<{ readonly sessionJwt: string; readonly refreshJwt: string }> {
  const { clock, project, keys } = runtime
  const iat = epochSeconds(clock)
  const { accessTokenSeconds, refreshTokenSeconds } = project.lifetimes
  const sign = (drn: string, seconds: number): Promise<string> =>
    signDraft(keys, draftToken(keys, { iss: project.id, sub: user.id, iat, exp: iat + seconds, amr, drn }))
  return { sessionJwt: await sign('DS', accessTokenSeconds), refreshJwt: await sign('DSR', refreshTokenSeconds) }
}

/**
 * Finds the user of an address, or creates one, as the mode says.
 *
 * @throws {FlowError} `UserNotFound` (E062108), `UserExists` (E062107).
 */
export function userFor(
  { runtime, execution }: ActionRun,
  mode: AuthMode,
  loginId: string,
  details: { readonly email?: string; readonly phone?: string; readonly password?: string },
): { readonly user: MockUser; readonly created: boolean } {
  const found = runtime.users.get(loginId) ?? findByEmail(runtime, loginId) ?? findByPhone(runtime, loginId)
  if (found) {
    if (mode !== 'sign-up') return { user: found, created: false }
    throw new FlowError('UserExists', 'There is already a user with this address.', { errorCode: 'E062107' })
  }
  if (mode === 'sign-in') {
    throw new FlowError('UserNotFound', 'There is no user with this address.', { errorCode: 'E062108' })
  }
  return {
    user: runtime.users.create({ loginIds: [loginId], ...details, ...profileOf(execution.form) }),
    created: true,
  }
}

/** Names that a form may have asked for, under either spelling (IDP-SPEC S-337 to S-351). */
function profileOf(form: Readonly<Record<string, unknown>>): Record<string, string> {
  const pick = (target: string, ...names: string[]): [string, string][] => {
    const value = names.map((name) => form[name]).find((one) => typeof one === 'string')
    return typeof value === 'string' ? [[target, value]] : []
  }
  return Object.fromEntries([
    ...pick('name', 'displayName', 'fullName'),
    ...pick('givenName', 'givenName', 'firstName'),
    ...pick('middleName', 'middleName'),
    ...pick('familyName', 'familyName', 'lastName'),
  ])
}
