/** What a login may be asked to allow, and whether it must be asked (IDP-SPEC 5.4 steps 1 to 5). */
import { oauthProblem } from '../http/problem.ts'
import type { InboundApp, InboundScope } from '../model/inbound-app.ts'
import type { MockUser } from '../model/user.ts'
import type { Runtime } from '../runtime.ts'
import { liveConsents } from './consent.ts'
import { isBaseScope, isGrantable, scopesOf, standardConsentScopes } from './scopes.ts'

/** A login of an inbound application whose consent is looked at. */
export interface ConsentRequest {
  readonly app: InboundApp
  readonly user: MockUser
  /** Id of the current tenant, when there is one. */
  readonly tenant: string | undefined
  /** Scopes of the authorize request, as `splitScope` gives them. */
  readonly requested: readonly string[]
  /** Values of `prompt`. */
  readonly prompt: readonly string[]
}

/** One line of the consent screen, under the names of the screen state (IDP-SPEC 5.4 step 6). */
export interface ConsentLine {
  /** Scope name. */
  readonly id: string
  /** What the user reads. */
  readonly desc: string
  /** True for a mandatory scope, which is ticked and locked. */
  readonly required: boolean
}

/** The outcome of the first five steps of IDP-SPEC 5.4. */
export interface ConsentDecision {
  /** Requested scopes that need no consent. */
  readonly base: readonly string[]
  /** What the consent screen lists, in the order in which scopes are granted. */
  readonly candidates: readonly ConsentLine[]
  /** Optional scopes that were asked for and that the user has no role for. */
  readonly unavailable: readonly ConsentLine[]
  /** Scopes that live consents hold. */
  readonly held: readonly string[]
  /** False when the user must be asked: the condition `thirdPartyApp.user.consented`. */
  readonly consented: boolean
}

/**
 * Decides what a login is asked to allow.
 *
 * @throws {Problem} `invalid_scope` for a name that neither the application nor the provider defines; `access_denied`,
 *   `scope_not_grantable`, when a mandatory scope needs a role the user lacks.
 */
export function decideConsent(runtime: Runtime, request: ConsentRequest): ConsentDecision {
  const { app, user, tenant, requested, prompt } = request
  const standard = standardConsentScopes(runtime.project, app, requested)
  const base = requested.filter((name) => isBaseScope(app, name) && !standard.some((scope) => scope.name === name))
  const candidates: InboundScope[] = [...standard]
  const unavailable: InboundScope[] = []
  for (const scope of candidateScopes(app, requested)) {
    if (isGrantable(app, scope, user, tenant)) candidates.push(scope)
    else if (scope.optional === true) unavailable.push(scope)
    else throw oauthProblem(400, 'access_denied', `scope_not_grantable: ${scope.name}`)
  }
  const live = liveConsents(runtime, { appId: app.id, userId: user.id, tenant })
  const held = [...new Set(live.flatMap((consent) => consent.scopes))]
  // Step 9 wants a record even where there is nothing to tick, so without one the user is asked.
  const complete = live.length > 0 && candidates.every((scope) => held.includes(scope.name))
  return {
    base,
    candidates: candidates.map(toLine),
    unavailable: unavailable.map(toLine),
    held,
    consented: app.skipConsentScreen || (complete && !prompt.includes('consent')),
  }
}

/** Requested scopes of the application, then the mandatory ones that were not asked for (step 2). */
function candidateScopes(app: InboundApp, requested: readonly string[]): readonly InboundScope[] {
  const defined = scopesOf(app)
  const unknown = requested.find((name) => !isBaseScope(app, name) && !defined.some((scope) => scope.name === name))
  if (unknown !== undefined) throw oauthProblem(400, 'invalid_scope', 'a scope is unknown to this application')
  const asked = requested.flatMap((name) => defined.filter((scope) => scope.name === name))
  return [...asked, ...defined.filter((scope) => scope.optional !== true && !asked.includes(scope))]
}

function toLine({ name, description, optional }: InboundScope): ConsentLine {
  return { id: name, desc: description, required: optional !== true }
}

/** What a user's choice on the consent screen comes to (step 6). */
export interface ConsentChoice {
  /** Candidates that were chosen, in candidate order. */
  readonly approved: readonly string[]
  /** Names that the screen did not list; they have no effect. */
  readonly ignored: readonly string[]
  /** Mandatory candidates that were not chosen: the choice cannot be stored. */
  readonly refusedMandatory: readonly string[]
}

/** Holds a choice against the candidates. */
export function readChoice(decision: ConsentDecision, chosen: readonly string[]): ConsentChoice {
  const { candidates } = decision
  return {
    approved: candidates.filter(({ id }) => chosen.includes(id)).map(({ id }) => id),
    ignored: chosen.filter((name) => !candidates.some(({ id }) => id === name)),
    refusedMandatory: candidates.filter(({ id, required }) => required && !chosen.includes(id)).map(({ id }) => id),
  }
}
