import {
  type AccessRule,
  allOf,
  anyOf,
  ConfigurationError,
  permission,
  role,
  scope,
  type TenantOption,
  type TenantReference,
  TokenVerificationError,
  tenant,
} from '@countersign/core'
import {
  type AccessNeeds,
  type AccessRuleOf,
  type AuthenticationDemand,
  createRequestGuard,
  type GuardAnswer,
  type GuardOptions,
  type GuardRefusal,
  isPreflight,
  type OptionalGuardResult,
  type TypedAccessToken,
} from '@countersign/core/api'
import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { markGuard } from './access-rules-of.ts'
import { refuseUnverified } from './request-auth.ts'

/** Options of {@link createAccessGuard}: a verifier, or the options of one, with `realm`, `resourceMetadata` and `onDenied`. */
export type AccessGuardOptions<Claims = unknown> = GuardOptions<Request, Claims>

/**
 * A middleware of an access guard, for `use` and for routes. It takes any path parameters, so that handlers behind it keep
 * the ones that Express infers from the path.
 */
export type AccessMiddleware = <Params>(req: Request<Params>, res: Response, next: NextFunction) => void | Promise<void>

/** One name or several, all of which are needed. */
export type Names = string | readonly [string, ...string[]]

/**
 * A tenant: its id, `param('tenantId')` for a parameter of the path, `currentTenant`, or a function that reads it from the
 * request, such as `(req) => req.params.tenantId`. What the function throws goes to `next`, and so does a
 * `ConfigurationError` when it gives undefined or null. For anything else but a text, which a caller may have sent, access is
 * denied.
 */
export type TenantOf = TenantReference | ((req: Request) => string | readonly string[] | undefined)

/** What a role or permission needs beside its name. */
export interface RightNeeds extends AccessNeeds {
  /** The tenant it has to be held in. Without it, only roles and permissions outside any tenant count. */
  readonly tenant?: TenantOf
}

/**
 * Middlewares over one access-token verifier. Each one is complete: it verifies the token, sets `req.auth` and decides.
 * Several in a row verify the token once.
 *
 * Refusals are 400, 401 and 403 with a challenge (RFC 6750 section 3), and 503 with `Retry-After` while the keys of the
 * provider can not be loaded. Errors of any other kind go to `next`, once.
 *
 * A CORS preflight passes a middleware that is mounted with `use`, since it can not carry a token; in a route it gets 204 and
 * reaches no handler. A handler for all methods behind such a `use` has no `req.auth` then, and `requireAuth(req)` refuses.
 */
export interface AccessGuard<Claims = unknown> {
  /**
   * Needs a valid token and nothing else.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
   */
  authenticate(needs?: AccessNeeds): AccessMiddleware
  /**
   * Needs a token that fulfils a rule.
   *
   * @param rule - The rule, or a function that makes it from the request. `param('id')` in it stands for a parameter of the
   *   path.
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for anything else, so that a rule lost on the way never opens a route;
   *   `OIDC_ACCESS_RULE_INVALID` for a rule that is not as it should be, such as with a misspelled member.
   */
  requireAccess(rule: AccessRule | AccessRuleOf<Request>, needs?: AccessNeeds): AccessMiddleware
  /**
   * Needs every one of these scopes.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty list or name.
   */
  requireScopes(names: Names, needs?: AccessNeeds): AccessMiddleware
  /**
   * Needs every one of these roles: outside any tenant, or in the given one.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty list or name, or a tenant that is given but undefined.
   */
  requireRoles(names: Names, needs?: RightNeeds): AccessMiddleware
  /**
   * Needs every one of these permissions: outside any tenant, or in the given one.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty list or name, or a tenant that is given but undefined.
   */
  requirePermissions(names: Names, needs?: RightNeeds): AccessMiddleware
  /**
   * Needs membership of a tenant.
   *
   * @param id - Its id, `param('tenantId')` for a parameter of the path, or a function that reads it from the request.
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for an empty id.
   */
  requireTenant(id: TenantOf, needs?: AccessNeeds): AccessMiddleware
  /**
   * Needs a login of some class, age or method (RFC 9470), decided by the clock with each request.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID`, `OIDC_OPTION_UNKNOWN`.
   */
  requireAuthentication(demand: AuthenticationDemand): AccessMiddleware
  /**
   * Reads the token that a middleware of this guard has verified, with the claims of its `claimsSchema`.
   *
   * @throws {TokenVerificationError} `OIDC_TOKEN_MISSING` when none ran, or when an optional one let a request pass.
   */
  requireAuth(req: object): TypedAccessToken<Claims>
  /**
   * Answers errors about the token that a handler threw, such as by `requireAuth(req).require(rule)`, as the other
   * middlewares do. Mount it last.
   */
  errorHandler(): ErrorRequestHandler
}

/**
 * Creates an access guard. Options are read now: what is wrong with them shows at start-up, not with the first request.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: packages/express/test/snippets/start.ts
 */
export function createAccessGuard<Claims = unknown>(options: AccessGuardOptions<Claims>): AccessGuard<Claims> {
  const guard = createRequestGuard<Request, Claims>(options)
  // Only claims of a schema differ from guard to guard.
  const typed = options.claimsSchema && new WeakMap<object, TypedAccessToken<Claims>>()

  const deny = async (error: unknown, req: Request, res: Response, next: NextFunction): Promise<void> => {
    let answer: GuardAnswer | undefined
    try {
      answer = await guard.refuse(error, req)
    } catch (hookError) {
      return next(hookError)
    }
    if (answer) send(answer.refusal, res, next)
    else next(error)
  }
  const middleware = (rule: AccessRule | AccessRuleOf<Request>, needs: AccessNeeds = {}): AccessMiddleware => {
    const need = { ...checkNeeds(needs), parameters: (req: Request) => req.params }
    const check = guard.prepare(rule, need)
    const pass = ({ auth, refusal }: OptionalGuardResult<Claims>, req: Request, res: Response, next: NextFunction) => {
      if (refusal) return send(refusal, res, next)
      if (auth) {
        req.auth = auth
        typed?.set(req, auth)
      }
      next()
    }
    const access: AccessMiddleware = (anyRequest, res, next) => {
      const req = anyRequest as Request
      // In a route the next function is a handler, which no request reaches without a token.
      if (req.route === undefined && isPreflight(req)) return next()
      if (hasSecondToken(req))
        return deny(
          new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'The request has a token in header and body.'),
          req,
          res,
          next,
        )
      const result = check(req)
      if (!(result instanceof Promise)) return pass(result, req, res, next)
      return result.then(
        (late) => pass(late, req, res, next),
        (error) => deny(error, req, res, next),
      )
    }
    return markGuard(access, { rule, authentication: need.authentication, optional: need.optional === true })
  }

  return calledAtStart({
    authenticate: (needs) => middleware(allOf(), needs),
    requireAccess: (rule, needs) => middleware(rule, needs),
    requireScopes: (names, needs) => middleware(all(names, scope), needs),
    requireRoles: (names, needs) => middleware(...rightIn(names, role, needs)),
    requirePermissions: (names, needs) => middleware(...rightIn(names, permission, needs)),
    requireTenant: (id, needs) => middleware(inTenant(id, tenant), needs),
    requireAuthentication: (authentication) => middleware(allOf(), { authentication: authentication ?? {} }),
    requireAuth: (req) => {
      const auth = typed ? typed.get(req) : (req as { auth?: TypedAccessToken<Claims> }).auth
      return auth ?? refuseUnverified()
    },
    errorHandler: () => (error, req, res, next) => deny(error, req, res, next),
  })
}

/** Express calls what it is given with each request, and with what to call next: a member that was meant to be called before. */
function calledAtStart<Claims>(guard: AccessGuard<Claims>): AccessGuard<Claims> {
  const checked = Object.entries<(...given: unknown[]) => unknown>(guard as never).map(([name, make]) => [
    name,
    (...given: unknown[]) =>
      typeof given[2] === 'function'
        ? invalid(`guard.${name} is no middleware of Express, but to be called: guard.${name}(...).`)
        : make(...given),
  ])
  return Object.fromEntries(checked)
}

/** What stands where options do, such as a second name, would be lost, and a need with it. */
function checkNeeds<Needs extends AccessNeeds>(needs: Needs): Needs {
  if (typeof needs === 'object' && needs) return needs
  return invalid(`Expected options such as { optional: true }, not ${typeof needs}: several names go in a list.`)
}

function invalid(message: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', message)
}

function all(names: Names, ruleOf: (name: string) => AccessRule): AccessRule {
  const rules = [names].flat().map(ruleOf)
  const [first, second] = rules
  if (!first) invalid('Expected at least one name.')
  return second ? allOf(...rules) : first
}

type Right = (name: string, options: TenantOption) => AccessRule

function rightIn(
  names: Names,
  right: Right,
  options: RightNeeds = {},
): [AccessRule | AccessRuleOf<Request>, AccessNeeds] {
  const { tenant: id, ...needs } = checkNeeds(options)
  // Names that are wrong show now, also where the tenant is only known with a request.
  const anywhere = all(names, (name) => right(name, {}))
  if (!('tenant' in options)) return [anywhere, needs]
  return [inTenant(id, (tenantId) => all(names, (name) => right(name, { tenant: tenantId }))), needs]
}

/** The rule for a tenant; a tenant that is read from requests makes it for each of them. */
function inTenant(
  id: TenantOf | undefined,
  ruleOf: (id: TenantReference) => AccessRule,
): AccessRule | AccessRuleOf<Request> {
  // An id that is lost on the way is refused by the rule itself.
  if (typeof id !== 'function') return ruleOf(id as TenantReference)
  return (req) => {
    const found = id(req) ?? undefined
    // A caller may send an object that reads as a reference, such as to the tenant of the token. Nobody is in what is no text.
    const isText = typeof found === 'string' && found !== ''
    return found === undefined || isText ? ruleOf(found as string) : anyOf()
  }
}

/** A form field `access_token` (RFC 6750 section 2.2), which only shows when a body parser ran before the guard. */
function hasSecondToken({ headers, body }: Request): boolean {
  if (typeof body !== 'object' || body === null || headers.authorization === undefined) return false
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
  return isForm && Object.hasOwn(body, 'access_token')
}

function send({ status, headers, body, error }: GuardRefusal, res: Response, next: NextFunction): void {
  // An answer that has begun can not become a refusal any more; Express ends the connection. A preflight has no error, and
  // without one a handler would be next.
  if (res.headersSent) {
    if (error) next(error)
    return
  }
  res.removeHeader('X-Powered-By')
  const { 'access-control-expose-headers': exposed, ...others } = headers
  res.status(status).set(others)
  if (exposed) res.append('Access-Control-Expose-Headers', exposed)
  if (body) res.json(body)
  else res.end()
}
