/** Which scopes and resources a request of the standard profile comes to (RFC 6749 section 3.3, RFC 8707, RFC 9068 3). */
import { splitScope } from '../consent/scopes.ts'
import { oauthProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import type { AuthorizationDetail } from './authorization-details.ts'
import type { StandardClient } from './client.ts'
import type { ResourceConfig } from './settings.ts'

/** Scopes of the provider itself (OpenID Connect Core 5.4 and 11). */
export const identityScopes: readonly string[] = ['openid', 'profile', 'email', 'phone', 'offline_access']

/** Every scope that the provider knows. */
export function supportedScopes({ standard }: Runtime): readonly string[] {
  return [...new Set([...identityScopes, ...standard.resources.flatMap(({ scopes = [] }) => scopes)])]
}

/**
 * The scopes of a request that the client may have; others fall out (OpenID Connect Core 3.1.2.1). Without the parameter
 * it is what the client is registered for.
 *
 * @throws {Problem} `invalid_scope` for text that is no list of scope names.
 */
export function allowedScopes(
  runtime: Runtime,
  client: StandardClient,
  asked: string | undefined,
): { readonly scopes: readonly string[]; readonly dropped: readonly string[] } {
  if (asked !== undefined && !/^[\x21\x23-\x5b\x5d-\x7e]+( +[\x21\x23-\x5b\x5d-\x7e]+)*$/.test(asked)) {
    throw oauthProblem(400, 'invalid_scope', 'scope is not a list of scope names')
  }
  const names = splitScope(asked ?? client.scope)
  const supported = supportedScopes(runtime)
  const own = client.scope === undefined ? supported : splitScope(client.scope)
  const scopes = names.filter((name) => supported.includes(name) && own.includes(name))
  return { scopes, dropped: names.filter((name) => !scopes.includes(name)) }
}

/** The resources of a request. Throws `invalid_target` for one that does not exist (RFC 8707 section 2). */
export function knownResources({ standard }: Runtime, asked: readonly string[]): readonly string[] {
  const known = standard.resources.map(({ identifier }) => identifier)
  if (asked.some((resource) => !known.includes(resource))) throw invalidTarget('resource is unknown')
  return [...new Set(asked)]
}

/** What an access token is for: one resource, or the provider's own userinfo. */
export interface Target {
  /** Value of `aud`. */
  readonly audience: string
  readonly scopes: readonly string[]
  /** Entries of `authorization_details` that mean something there. */
  readonly details: readonly AuthorizationDetail[]
  /** Absent for userinfo. */
  readonly resource?: ResourceConfig
}

/**
 * Decides what one access token is for. A token is for one audience alone.
 *
 * @param options.asked - `resource` of the token request.
 * @param options.granted - Resources of the authorization request.
 * @param options.scopes - Scopes that were granted.
 * @param options.details - Entries of `authorization_details` that were granted. Default none.
 * @throws {Problem} `invalid_target` for a resource beyond the grant and where it stays open which one is meant.
 */
export function targetOf(
  runtime: Runtime,
  options: {
    readonly asked: readonly string[]
    readonly granted: readonly string[]
    readonly scopes: readonly string[]
    readonly details?: readonly AuthorizationDetail[]
  },
): Target {
  const { scopes, granted, details = [] } = options
  const { resources } = runtime.standard
  const asked = knownResources(runtime, options.asked)
  if (granted.length > 0 && asked.some((resource) => !granted.includes(resource))) {
    throw invalidTarget('resource was not part of the authorization request')
  }
  const named = asked.length > 0 ? asked : granted
  if (named.length > 1) throw invalidTarget('an access token is for one resource: name the one that it is for')
  const [identifier] = named
  const explicit = resources.find((resource) => resource.identifier === identifier)
  if (explicit) {
    // The token is for that API alone, so it does not open userinfo.
    const own = scopes.filter((name) => explicit.scopes?.includes(name))
    return { audience: explicit.identifier, scopes: own, details: detailsFor(explicit, details), resource: explicit }
  }
  const meant = resources.filter(
    (resource) => resource.scopes?.some((name) => scopes.includes(name)) || detailsFor(resource, details).length > 0,
  )
  const [inferred, second] = meant
  if (second) {
    throw invalidTarget('scopes and details belong to several resources: name one with resource (RFC 9068 3)')
  }
  if (inferred) return { audience: inferred.identifier, scopes, details, resource: inferred }
  return { audience: runtime.project.origin, scopes, details: [] }
}

/** The entries whose type belongs to the resource. */
function detailsFor(
  { authorizationDetailsTypes: types = [] }: ResourceConfig,
  details: readonly AuthorizationDetail[],
): readonly AuthorizationDetail[] {
  return details.filter((detail) => types.some(({ type }) => type === detail.type))
}

function invalidTarget(description: string) {
  return oauthProblem(400, 'invalid_target', description)
}
