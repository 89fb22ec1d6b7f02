import type { AuthorizationClaims } from '../claims.ts'
import { isListOfTexts } from '../options.ts'
import { parseScope } from '../tokens.ts'

/** What a caller may do, read from verified claims. */
export interface AccessGrant {
  /** Granted scopes. */
  readonly scopes: ReadonlySet<string>
  /** The claims that roles, permissions and tenants are read from. */
  readonly claims: AuthorizationClaims & { readonly [claim: string]: unknown }
  /**
   * Whether the claims tell about roles, permissions and tenants at all. When false, a missing role may only mean that
   * its claims were never requested.
   */
  readonly tellsRights: boolean
  /** Whether more scopes may bring more roles and permissions, as an option of the verifier says. Default false. */
  readonly rightsFollowScopes?: boolean
}

const rightsClaims = ['roles', 'permissions', 'tenants'] as const

/**
 * Reads what a caller may do from verified claims.
 *
 * @param claims - Claims of a verified token. Only its own members count.
 * @param scopes - Granted scopes; when left out, those of the claims `scope` or `scp`, as text or array. None count when the
 *   two differ, or are of another type; a verifier refuses such tokens.
 */
export function readGrant(
  claims: AuthorizationClaims & { readonly [claim: string]: unknown },
  scopes: readonly string[] = readScopes(claims) ?? [],
): AccessGrant {
  return grantOf(claims, new Set(scopes))
}

/** As {@link readGrant}, for scopes that are known. */
export function grantOf(claims: AccessGrant['claims'], scopes: ReadonlySet<string>): AccessGrant {
  return {
    scopes,
    claims,
    tellsRights: scopes.has('descope.claims') || rightsClaims.some((name) => Object.hasOwn(claims, name)),
  }
}

/**
 * The granted scopes of a token: `scope` (RFC 9068 section 2.2.3) or `scp`, as text or array. Undefined when one is neither, or
 * when both are there and differ: whatever was meant, one of them gives more than the other.
 */
export function readScopes(claims: { readonly [claim: string]: unknown }): readonly string[] | undefined {
  const [scopes = [], others = scopes] = ['scope', 'scp'].flatMap((name) => {
    const value = Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined
    return value === undefined ? [] : [typeof value === 'string' ? parseScope(value) : value]
  })
  if (!isListOfTexts(scopes) || !isListOfTexts(others)) return undefined
  // One text for the same names in any order.
  const textOf = (names: readonly string[]): string => JSON.stringify([...new Set(names)].sort())
  return scopes === others || textOf(scopes) === textOf(others) ? scopes : undefined
}
