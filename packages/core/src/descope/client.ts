/** What a page asks of the Descope-like service beyond a login: another tenant, a step-up, more scopes. */

import type { BrowserClient } from '../browser/client.ts'
import { isSameSite } from '../browser/silent-frame.ts'
import { AuthorizationError, isOidcError, ProtocolError, StepUpRequiredError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { compareScopes } from '../tokens.ts'

export { type HostedFlowOptions, hostedFlowUrl } from './hosted-flow-url.ts'

/** What a login is asked with; fits `client.login` and `loginWithPopup`. */
export interface LoginRequest {
  /** Scopes, space-separated. */
  readonly scope: string
  /** Parameters of the authorization request under their wire names. */
  readonly parameters: Readonly<Record<string, string>>
}

/** How a login that needs the user is done. */
export interface InteractionOptions {
  /**
   * Does the login and resolves once the user is back, such as `(request) => loginWithPopup(client, request)`. Default:
   * `client.login`, which leaves the page.
   */
  readonly login?: (request: LoginRequest) => Promise<void>
  /** Where to go after a login that leaves the page: a path of this origin. Default: the current page. */
  readonly returnTo?: string
}

const interactionRules = { login: 'function', returnTo: 'string' } as const

/**
 * Goes on in another tenant: silently where the provider lets us, else by a login with the tenant as hint. Request
 * `descope.claims`, or nobody can tell which tenant is the current one.
 *
 * @param tenant - Id of the tenant.
 * @throws {ProtocolError} `OIDC_SESSION_MISSING` when nobody is signed in; `OIDC_TENANT_MISMATCH` when the session is in
 *   another tenant afterwards, for example because the user is no member.
 * @throws {OidcError} As `client.loginSilently` and `client.login`.
 */
export async function switchTenant(
  client: BrowserClient,
  tenant: string,
  options: InteractionOptions = {},
): Promise<void> {
  checkOptions(options, interactionRules, [])
  const { scopes, claims } = signedIn(client)
  if (claims.dct === tenant) return
  const request = { scope: withOpenid(scopes), parameters: { tenant } }
  try {
    // A frame of another site sees no session cookie, so it would only cost time.
    if (!isSameSite(new URL(claims.iss), location)) throw new AuthorizationError('login_required')
    await client.loginSilently(request)
  } catch (error) {
    if (!isOidcError(error, 'OIDC_FRAME_TIMEOUT') && !(isOidcError(error) && /_REQUIRED$/.test(error.code))) throw error
    if (!(await interact(client, request, options))) return
  }
  if (signedIn(client).claims.dct === tenant) return
  throw new ProtocolError(
    'OIDC_TENANT_MISMATCH',
    'The session is not in the wanted tenant. Is the user a member of it, and was descope.claims requested?',
    'authorization',
  )
}

/** Options of {@link stepUp}. */
export interface StepUpOptions extends InteractionOptions {
  /** Id of the flow that steps up. Default `step_up`. */
  readonly flow?: string
}

/**
 * Lets the user prove again who they are, by a flow. The session goes on with the same scopes; the claim `su` tells that it
 * was done. An API that needs it must check `su` by itself.
 *
 * @throws {ProtocolError} `OIDC_SESSION_MISSING` when nobody is signed in.
 * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED` when the flow came back without `su`.
 * @throws {OidcError} As `client.login`, or as the option `login`.
 */
export async function stepUp(client: BrowserClient, options: StepUpOptions = {}): Promise<void> {
  checkOptions(options, { ...interactionRules, flow: 'string' }, [])
  const { flow = 'step_up' } = options
  const request = { scope: withOpenid(signedIn(client).scopes), parameters: { flow } }
  if ((await interact(client, request, options)) && !isSteppedUp(client)) {
    throw new StepUpRequiredError(`The flow "${flow}" ended without a step-up: it has to set "su".`, {})
  }
}

/** Whether the session says that a step-up was done: `su` is `true`. For display; an API checks its own token. */
export function isSteppedUp(client: BrowserClient): boolean {
  const state = client.getSnapshot()
  return state.status === 'authenticated' && state.claims.su === true
}

/**
 * Which of some scopes the session lacks, so that the user has to be asked for them.
 *
 * @typeParam Scope - Scopes of the app, so that a typo does not compile. Default: any text.
 */
export function missingScopes<Scope extends string>(client: BrowserClient, scopes: readonly Scope[]): readonly Scope[] {
  const state = client.getSnapshot()
  const { missing } = compareScopes(scopes, state.status === 'authenticated' ? state.scopes : [])
  return scopes.filter((scope) => missing.includes(scope))
}

/** Options of {@link requestScopes}. */
export interface RequestScopesOptions extends InteractionOptions {
  /** Asks the user again about what was granted, too: they may take scopes back. Default false. */
  readonly askAgain?: boolean
}

/**
 * Asks the user for more scopes, beside those that are granted already. Does nothing when all of them are.
 *
 * @typeParam Scope - Scopes of the app, so that a typo does not compile. Default: any text.
 * @returns The scopes that the user did not grant; empty also when the page is about to leave.
 * @throws {ProtocolError} `OIDC_SESSION_MISSING` when nobody is signed in.
 * @throws {OidcError} As `client.login`, or as the option `login`.
 */
export async function requestScopes<Scope extends string>(
  client: BrowserClient,
  scopes: readonly Scope[],
  options: RequestScopesOptions = {},
): Promise<readonly Scope[]> {
  checkOptions(options, { ...interactionRules, askAgain: 'boolean' }, [])
  const granted = signedIn(client).scopes
  if (!options.askAgain && missingScopes(client, scopes).length === 0) return []
  const request = {
    scope: withOpenid([...granted, ...scopes]),
    parameters: options.askAgain ? { prompt: 'consent' } : {},
  }
  return (await interact(client, request, options)) ? missingScopes(client, scopes) : []
}

/** Why an inbound app got no token, and what to do. */
export interface ConsentRefusal {
  /**
   * `consent-missing`: the flow has no step that stores a consent. `consent-refused`: the user said no.
   * `scope-not-grantable`: the user lacks the role behind a scope that the app always needs.
   */
  readonly reason: 'consent-missing' | 'consent-refused' | 'scope-not-grantable'
  /** What to do, for developers. */
  readonly advice: string
}

const refusals: Readonly<Record<string, ConsentRefusal>> = {
  consent_missing: {
    reason: 'consent-missing',
    advice:
      'The flow of the inbound app ends without a consent. Add the action that updates the consent of the user to the flow, behind the consent screen.',
  },
  consent_refused: {
    reason: 'consent-refused',
    advice: 'The user refused. Say what the app needs it for, then ask again.',
  },
  scope_not_grantable: {
    reason: 'scope-not-grantable',
    advice: 'The user has no role that the mandatory scope stands for. Give the role, or make the scope optional.',
  },
}

/**
 * Explains why an inbound app got no token.
 *
 * @param error - The error of a callback, or of the session.
 * @returns Undefined for every other error.
 */
export function explainRefusal(error: unknown): ConsentRefusal | undefined {
  if (!isOidcError(error, 'OIDC_AUTHORIZATION_ERROR') || error.error !== 'access_denied') return undefined
  const [word = ''] =
    /\b(consent_missing|consent_refused|scope_not_grantable)\b/.exec(error.errorDescription ?? '') ?? []
  return refusals[word]
}

function signedIn(client: BrowserClient) {
  const state = client.getSnapshot()
  if (state.status === 'authenticated') return state
  throw new ProtocolError('OIDC_SESSION_MISSING', 'Nobody is signed in. Call login().', 'authorization')
}

function withOpenid(scopes: Iterable<string>): string {
  return [...new Set(['openid', ...scopes])].join(' ')
}

/** @returns Whether the user is back on this page; false when it is about to leave. */
async function interact(client: BrowserClient, request: LoginRequest, options: InteractionOptions): Promise<boolean> {
  const { login, returnTo } = options
  if (login) await login(request)
  else await client.login({ ...request, ...(returnTo && { returnTo }) })
  return !!login
}
