import {
  type AccessRule,
  allOf,
  ConfigurationError,
  isOidcError,
  permission,
  role,
  scope,
  type TenantOption,
  tenant,
} from '@countersign/core'
import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { deny } from './denial.ts'
import { type AccessGuardOptions, resolveGuard } from './guard-options.ts'
// Brings the declaration of `req.auth`.
import type {} from './request-auth.ts'
import { authenticateRequest } from './request-token.ts'

/**
 * A middleware of an access guard, for `use` and for routes. It takes any path parameters, so that handlers behind it keep
 * the ones that Express infers from the path.
 */
export type AccessMiddleware = <Params>(req: Request<Params>, res: Response, next: NextFunction) => Promise<void>

/** A rule that depends on the request, such as on a tenant in its path. What it throws goes to `next`. */
export type AccessRuleOf = (req: Request) => AccessRule

/** Options of `authenticate`. */
export interface AuthenticateOptions {
  /** Lets a request without any token pass, without `req.auth`. A token that is not valid is refused all the same. Default false. */
  readonly optional?: boolean
}

/**
 * Middlewares over one access-token verifier. Each one is complete: it verifies the token, sets `req.auth` and decides.
 * Several in a row verify the token once.
 *
 * Refusals are 400, 401 and 403 with a challenge (RFC 6750 section 3), and 503 with `Retry-After` while the keys of the
 * provider can not be loaded. Errors of any other kind go to `next`.
 *
 * A CORS preflight passes a middleware that is mounted with `use`, since it can not carry a token. A handler for all methods
 * behind it has no `req.auth` then, and `requireAuth(req)` refuses there.
 */
export interface AccessGuard {
  /** Needs a valid token and nothing else. */
  authenticate(options?: AuthenticateOptions): AccessMiddleware
  /**
   * Needs a token that fulfils a rule.
   *
   * @param rule - The rule, or a function that makes it from the request.
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for anything else, so that a rule lost on the way never opens a route.
   */
  requireAccess(rule: AccessRule | AccessRuleOf): AccessMiddleware
  /**
   * Needs every one of these scopes.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty list or name.
   */
  requireScope(...names: readonly [string, ...string[]]): AccessMiddleware
  /**
   * Needs a role: outside any tenant, or in the given one.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty name, or a tenant that is given but undefined.
   */
  requireRole(name: string, options?: TenantOption): AccessMiddleware
  /**
   * Needs a permission: outside any tenant, or in the given one.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty name, or a tenant that is given but undefined.
   */
  requirePermission(name: string, options?: TenantOption): AccessMiddleware
  /**
   * Needs membership of a tenant.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty id.
   */
  requireTenant(id: string): AccessMiddleware
  /**
   * Answers errors about the token that a handler threw, such as by `requireAuth(req).require(rule)`, as the other
   * middlewares do. Mount it last.
   */
  errorHandler(): ErrorRequestHandler
}

/**
 * Creates an access guard. Options are read now: what is wrong with them shows at start-up, not with the first request.
 *
 * @param options - Options of a verifier, or a verifier, with `realm` and `onDenied`.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: packages/express/test/snippets/start.ts
 */
export function createAccessGuard(options: AccessGuardOptions): AccessGuard {
  const { verifier, ...denial } = resolveGuard(options)

  const guard =
    (ruleOf: AccessRuleOf | undefined, optional = false): AccessMiddleware =>
    async (req, res, next) => {
      if (isForeignPreflight(req)) return next()
      try {
        const auth = await authenticateRequest(verifier, req)
        req.auth = auth
        if (ruleOf) auth.require(ruleOf(req as Request))
      } catch (error) {
        if (!(optional && isOidcError(error, 'OIDC_TOKEN_MISSING'))) return deny(error, denial, req, res, next)
      }
      next()
    }
  const requireAccess = (rule: AccessRule | AccessRuleOf): AccessMiddleware => {
    if (typeof rule === 'function') return guard(rule)
    if (typeof rule?.type === 'string') return guard(() => rule)
    throw new ConfigurationError('OIDC_OPTION_INVALID', `Expected an access rule or a function, not ${typeof rule}.`)
  }

  return {
    authenticate: ({ optional } = {}) => guard(undefined, optional),
    requireAccess,
    requireScope(...names) {
      if (names.length > 0) return requireAccess(allOf(...names.map(scope)))
      throw new ConfigurationError('OIDC_OPTION_INVALID', 'requireScope needs at least one name.')
    },
    requireRole: (name, tenantOption) => requireAccess(role(name, tenantOption)),
    requirePermission: (name, tenantOption) => requireAccess(permission(name, tenantOption)),
    requireTenant: (id) => requireAccess(tenant(id)),
    errorHandler: () => (error, req, res, next) => deny(error, denial, req, res, next),
  }
}

/**
 * A CORS preflight on its way to the router (Fetch standard, "CORS-preflight fetch"). Inside a route the next function is a
 * handler, which no request reaches without a token.
 */
function isForeignPreflight(req: Request<unknown>): boolean {
  const { origin, 'access-control-request-method': method } = req.headers
  return req.method === 'OPTIONS' && origin !== undefined && method !== undefined && req.route === undefined
}
