/** How a resource server of this project checks an access token by itself: signature, issuer, audience, time (RFC 9068 4). */
import type { Runtime } from '../runtime.ts'
import { loadJose } from './jose.ts'

/** What a verified access token says. */
export interface VerifiedToken {
  readonly subject: string
  /** Scopes of the claim `scope`, which only tokens of inbound applications have. */
  readonly scopes: ReadonlySet<string>
  /** Roles at the root and in the current tenant. */
  readonly roles: ReadonlySet<string>
  /** True for a token without a user: its subject is the client itself. */
  readonly isMachine: boolean
}

/**
 * Verifies an access token without a look at the records: a revoked one passes until it expires.
 *
 * @returns `undefined` when anything about it is wrong, also for refresh tokens, ID tokens and tokens of other families.
 */
export async function verifyLocally(runtime: Runtime, token: string): Promise<VerifiedToken | undefined> {
  const { keys, project, clock } = runtime
  const { createLocalJWKSet, jwtVerify } = await loadJose()
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...(await keys.publicJwks())] }), {
      algorithms: ['RS256'],
      issuer: `${project.origin}/v1/apps/${project.id}`,
      audience: project.id,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp', 'iat', 'scope'],
    })
    const { sub, scope, azp, drn, nonce, dct, tenants } = payload
    if (drn !== 'DS' || nonce !== undefined || typeof scope !== 'string' || sub === undefined) return undefined
    const current =
      typeof dct === 'string' && isObject(tenants) && Object.hasOwn(tenants, dct) ? tenants[dct] : undefined
    return {
      subject: sub,
      scopes: new Set(scope.split(' ').filter((name) => name !== '')),
      roles: new Set([...textsOf(payload.roles), ...(isObject(current) ? textsOf(current.roles) : [])]),
      isMachine: sub === azp,
    }
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}
