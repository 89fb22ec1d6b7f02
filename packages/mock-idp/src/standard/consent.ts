/** Whether a user must be asked what a client of the standard profile may do, and about what. */
import { liveConsents } from '../consent/consent.ts'
import type { ConsentDecision } from '../consent/decision.ts'
import { splitScope } from '../consent/scopes.ts'
import type { MockUser } from '../model/user.ts'
import type { Transaction } from '../records.ts'
import type { Runtime } from '../runtime.ts'
import type { AuthorizationDetail } from './authorization-details.ts'
import type { StandardClient } from './client.ts'
import type { StandardRequest } from './records.ts'
import { scopesOfClaims } from './tokens/identity-claims.ts'

/** A login of a client whose consent is looked at. */
export interface ClientConsentRequest {
  readonly app: StandardClient
  readonly user: MockUser
  /** Consents of the standard profile belong to no tenant. */
  readonly tenant: undefined
  /** Scopes that the request may give. */
  readonly requested: readonly string[]
  /** Entries of `authorization_details` that the request may give. */
  readonly details: readonly AuthorizationDetail[]
  /** Values of `prompt`. */
  readonly prompt: readonly string[]
}

/** What a login asks its user for: its scopes, and those behind the parameter `claims` that the client may have. */
export function consentQuestion(
  {
    app,
    scopes,
    prompt,
    request,
  }: Pick<Transaction, 'scopes' | 'prompt' | 'request'> & { readonly app: StandardClient },
  user: MockUser,
): ClientConsentRequest {
  const named = request ? scopesOfClaims(request.claims) : []
  const own = app.scope === undefined ? named : named.filter((name) => splitScope(app.scope).includes(name))
  return {
    app,
    user,
    tenant: undefined,
    requested: [...new Set([...scopes, ...own])],
    details: request?.details ?? [],
    prompt,
  }
}

/**
 * Decides what a login is asked to allow: every scope but `openid`, and every entry of `authorization_details` each time,
 * unless the client is the provider's own.
 */
export function decideClientConsent(runtime: Runtime, request: ClientConsentRequest): ConsentDecision {
  const { app, user, requested, details, prompt } = request
  const { scopeDescriptions } = runtime.standard.settings
  const candidates = requested.filter((name) => name !== 'openid')
  const live = liveConsents(runtime, { appId: app.id, userId: user.id, tenant: undefined })
  const held = [...new Set(live.flatMap((consent) => consent.scopes))]
  const areHeld = live.length > 0 && candidates.every((name) => held.includes(name))
  const isKnown = app.first_party || (areHeld && details.length === 0)
  return {
    base: requested.filter((name) => name === 'openid'),
    candidates: candidates.map((name) => ({
      id: name,
      desc: (Object.hasOwn(scopeDescriptions, name) ? scopeDescriptions[name] : undefined) ?? name,
      required: false,
    })),
    unavailable: [],
    held,
    consented: isKnown && !prompt.includes('consent'),
  }
}

/** The requested scopes that the user allowed; all of them for the provider's own clients. */
export function consentedScopes(runtime: Runtime, request: ClientConsentRequest): readonly string[] {
  const { base, candidates, held } = decideClientConsent(runtime, request)
  const { first_party: isOwn } = request.app
  const isAsked = request.prompt.includes('consent')
  return [...base, ...candidates.map(({ id }) => id).filter((id) => (isOwn && !isAsked) || held.includes(id))]
}

/** The entries of `authorization_details` that a login gives: the ticked ones, all of them where nobody had to be asked. */
export function consentedDetails({ allowedDetails, details }: StandardRequest): readonly AuthorizationDetail[] {
  return allowedDetails ?? details
}

/** Ends what a user's consent gave a client, once it is taken back. */
export function endGrantsOfConsent({ standard }: Runtime, clientId: string, userId: string): void {
  const { codes, refreshTokens, accessTokens, devices } = standard.records
  const waiting = [...devices.values()].flatMap(({ outcome }) => (typeof outcome === 'object' ? [outcome] : []))
  const issued = [codes, refreshTokens, accessTokens].flatMap((records) =>
    [...records.values()].map(({ grant }) => grant),
  )
  for (const grant of [...issued, ...waiting]) {
    if (grant?.clientId === clientId && grant.userId === userId) grant.revoked = true
  }
}
