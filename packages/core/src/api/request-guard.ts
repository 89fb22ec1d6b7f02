/** Guards requests of any framework: the token is verified, the rule decided, and a refusal gets its answer. */
import { parseAccessRule } from '../access/parse-rule.ts'
import type { AccessParameters, AccessRule } from '../access/rule.ts'
import { requiredScopes } from '../access/scopes.ts'
import type { AccessTokenClaims } from '../claims.ts'
import { type ClaimsSchema, validateClaims } from '../claims-schema.ts'
import { type AnyOidcError, ConfigurationError, isOidcError, TokenVerificationError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import type { NodeRequest } from './authenticate.ts'
import { authenticateOnce } from './authenticate-once.ts'
import { type ChallengeResponse, challengeFor } from './challenge.ts'
import { type GuardOptions, resolveGuard } from './guard-options.ts'
import { isPreflight } from './preflight.ts'
import { type AuthenticationDemand, checkDemand } from './step-up.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/** A request that a guard takes: that of the Fetch standard, or one of Node, as frameworks keep it. */
export type GuardableRequest = Request | NodeRequest

/**
 * A rule that depends on the request. It is checked like any other; what the function throws, the guard throws.
 *
 * What it takes from a body or a query has to be a text, which is for the function to see to: `{"claim": "sub"}` of a caller in
 * `claim('sub', body.user)` would be a reference that always holds, and a list would be a choice.
 */
export type AccessRuleOf<Req> = (request: Req) => AccessRule | Promise<AccessRule>

/** What a request needs beside a rule. */
export interface AccessNeeds {
  /** The login that is needed (RFC 9470): a token of an older or weaker one is refused, and the challenge asks for a new one. Default: any. */
  readonly authentication?: AuthenticationDemand
  /** Lets a request without any token pass. A token that is not valid is refused all the same. Default false. */
  readonly optional?: boolean
}

/** What a request needs beside a rule, and what parameters of the rule stand for. */
export interface CheckNeeds<Req> extends AccessNeeds {
  /** Values for `param(...)` in the rule, such as those of the path, or a function that reads them. Default none. */
  readonly parameters?: AccessParameters | ((request: Req) => AccessParameters)
}

/** What a request needs beside a valid token: nothing, or a rule or a function that makes it, and more. */
export type AccessNeed<Req> =
  | readonly []
  | readonly [rule: AccessRule | AccessRuleOf<Req>, needs?: CheckNeeds<Req> | undefined]

/** A refusal, or the answer to a preflight, in parts. */
export interface GuardRefusal {
  /** HTTP status; 204 for a preflight. */
  readonly status: ChallengeResponse['status'] | 204
  /** Headers to set, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Body to send as JSON; undefined for a preflight. */
  readonly body: ChallengeResponse['body'] | undefined
  /** Why, for the log; undefined for a preflight. */
  readonly error: AnyOidcError | undefined
}

/** The answer to a refusal. */
export interface GuardAnswer {
  /** Nobody. */
  readonly auth?: undefined
  /** The answer to send. */
  readonly response: Response
  /** The same in parts, for frameworks that do not take a `Response`. */
  readonly refusal: GuardRefusal
}

/** A verified token whose claims were read by a schema; without one, custom claims are `unknown`. */
export type TypedAccessToken<Claims> = VerifiedAccessToken<AccessTokenClaims & Claims>

/** What a guard found: a caller, or the answer to give. */
export type GuardResult<Claims = unknown> =
  | {
      /** The verified token, with the claims of the schema. */
      readonly auth: TypedAccessToken<Claims>
      readonly response?: undefined
      readonly refusal?: undefined
    }
  | GuardAnswer

/** What a guard found where a request without token may pass: then all members are undefined. */
export type OptionalGuardResult<Claims = unknown> =
  | GuardResult<Claims>
  | { readonly auth?: undefined; readonly response?: undefined; readonly refusal?: undefined }

/**
 * Guards requests with one access-token verifier.
 *
 * Refusals are 400, 401 and 403 with a challenge (RFC 6750 section 3), and 503 with `Retry-After` while the provider does not
 * answer. A CORS preflight can not carry a token: it gets 204 and reaches no handler. The layer around the guard adds the
 * CORS headers to all of them.
 */
export interface RequestGuard<Req extends GuardableRequest = Request, Claims = unknown> {
  /**
   * Checks a request: without a rule, for any valid token. It rejects with what a rule function or `onDenied` threw, and then
   * the request must not be handled. The token of a request that is checked again after a second is verified anew; one with a
   * proof of possession after five minutes, and then the proof is refused as used.
   *
   * @throws {ConfigurationError} `OIDC_OPTION_INVALID`, `OIDC_OPTION_UNKNOWN`; also for a rule that is given but undefined, so
   *   that a rule lost on the way opens nothing. `OIDC_ACCESS_RULE_INVALID` for one that is not as it should be, such as with
   *   a misspelled member.
   */
  check(
    request: Req,
    rule: AccessRule | AccessRuleOf<Req>,
    needs: CheckNeeds<Req> & { readonly optional: true },
  ): Promise<OptionalGuardResult<Claims>>
  /** The same where a token is needed: there is a caller or an answer. */
  check(request: Req, ...need: AccessNeed<Req>): Promise<GuardResult<Claims>>
  /**
   * Prepares {@link check} for a route: what is wrong with rule and needs shows now.
   *
   * @returns A function that gives a promise only where there is something to wait for or to refuse, so `await` it.
   * @throws {ConfigurationError} As `check`.
   */
  prepare(
    ...need: AccessNeed<Req>
  ): (request: Req) => OptionalGuardResult<Claims> | Promise<OptionalGuardResult<Claims>>
  /**
   * Puts the guard in front of a handler. Errors about the token that the handler throws, such as by `auth.require(rule)`, are
   * answered as well; others are thrown on.
   *
   * @throws {ConfigurationError} As `check`, and for `optional`: a handler gets a caller always.
   */
  protect<Rest extends readonly unknown[]>(
    handler: (request: Req, auth: TypedAccessToken<Claims>, ...rest: Rest) => Response | Promise<Response>,
    ...need: AccessNeed<Req>
  ): (request: Req, ...rest: Rest) => Promise<Response>
  /**
   * The answer to an error about the token that a handler threw, for the error handler of a framework.
   *
   * @returns Undefined for every other error, which the framework has to handle.
   */
  refuse(error: unknown, request: Req): Promise<GuardAnswer | undefined>
}

/**
 * Creates a guard. Options are read now: what is wrong with them shows at start-up, not with the first request.
 *
 * @param options - Options of a verifier, or a verifier, with `realm`, `resourceMetadata` and `onDenied`.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`; `OIDC_ACCESS_RULE_INVALID` for `tokenRule`.
 * @example source: examples/snippets/worker.ts
 */
export function createRequestGuard<Req extends GuardableRequest = Request, Claims = unknown>(
  options: GuardOptions<Req, Claims>,
): RequestGuard<Req, Claims> {
  const { verifier, challenge, onDenied, claimsSchema } = resolveGuard(options)
  const authenticate = authenticateOnce<Req>(verifier)

  const refuse = async (error: unknown, request: Req): Promise<GuardAnswer | undefined> => {
    const answer = challengeFor(error, challenge)
    if (!answer) return undefined
    await onDenied?.(error as AnyOidcError, request)
    return refused({ ...answer, error: error as AnyOidcError })
  }
  const prepare: RequestGuard<Req, Claims>['prepare'] = (...need) => {
    const { rule, authentication, optional, parameters } = readNeed(need)
    const valuesFor = (request: Req): AccessParameters | undefined =>
      typeof parameters === 'function' ? parameters(request) : parameters
    const check = async (request: Req, _response?: unknown, next?: unknown): Promise<OptionalGuardResult<Claims>> => {
      if (typeof next === 'function') {
        // Express has called it as a middleware, and would wait for ever.
        next(new ConfigurationError('OIDC_OPTION_INVALID', 'This is no middleware: @countersign/express makes them.'))
        return {}
      }
      if (isPreflight(request)) return refused({ status: 204, headers: {}, body: undefined, error: undefined })
      let auth: TypedAccessToken<Claims> | undefined
      try {
        auth = readTyped(verifier.recall(request) ?? (await authenticate(request)), claimsSchema)
        const decided = typeof rule === 'function' ? parseAccessRule(checkRule(await rule(request))) : rule
        const values = valuesFor(request)
        if (authentication) requireLogin(auth, authentication, decided, values)
        if (decided) auth.require(decided, values)
        return { auth }
      } catch (error) {
        // A rule function may throw the same, and then its rule was not decided.
        if (optional && !auth && isOidcError(error, 'OIDC_TOKEN_MISSING')) return {}
        const answer = await refuse(error, request)
        if (answer) return answer
        throw error
      }
    }
    if (authentication || claimsSchema || typeof rule === 'function') return check
    // Nearly always: a known token that fulfils the rule. Everything else is decided from the start.
    return (request: Req, response?: unknown, next?: unknown) => {
      try {
        const auth = next === undefined && !isPreflight(request) && verifier.recall(request)
        if (auth && (!rule || auth.can(rule, valuesFor(request)).allowed)) {
          return { auth: auth as TypedAccessToken<Claims> }
        }
      } catch {
        // It is thrown again where it is answered, such as by `rightsOf` about the token.
      }
      return check(request, response, next)
    }
  }
  return {
    // The overloads say which results there are: without `optional`, never an empty one.
    check: async (request: Req, ...need: AccessNeed<Req>) => (await prepare(...need)(request)) as GuardResult<Claims>,
    prepare,
    protect(handler, ...need) {
      if (typeof handler !== 'function') invalid(`protect() takes the handler first, not ${typeof handler}.`)
      if (need[1]?.optional) invalid('protect() has no "optional": use check().')
      const check = prepare(...need)
      return async (request, ...rest) => {
        const { auth, response } = await check(request)
        if (!auth) return response as Response
        try {
          return await handler(request, auth, ...rest)
        } catch (error) {
          const answer = await refuse(error, request)
          if (answer) return answer.response
          throw error
        }
      }
    },
    refuse,
  }
}

/** The token with its claims as a schema reads them: what does not fit is refused as a token of another kind. */
function readTyped<Claims>(
  auth: VerifiedAccessToken,
  schema: ClaimsSchema<Claims> | undefined,
): TypedAccessToken<Claims> {
  if (!schema) return auth as TypedAccessToken<Claims>
  try {
    const claims = { ...auth.claims, ...validateClaims(auth.claims, schema) } as AccessTokenClaims & Claims
    Object.freeze(claims)
    return Object.freeze({ ...auth, claims })
  } catch (error) {
    if (!isOidcError(error, 'OIDC_CLAIMS_INVALID')) throw error
    throw new TokenVerificationError('OIDC_TOKEN_CLAIM_INVALID', error.message)
  }
}

/** One login is enough for all that is missing, unless a right is missing that no login brings. */
function requireLogin(
  auth: VerifiedAccessToken,
  demand: AuthenticationDemand,
  rule: AccessRule | undefined,
  parameters: AccessParameters | undefined,
): void {
  const scopes = rule ? requiredScopes(rule, auth.grant, parameters) : []
  if (rule && scopes.length === 0) auth.require(rule, parameters)
  auth.requireAuthentication(demand, scopes)
}

function readNeed<Req>(need: AccessNeed<Req>): CheckNeeds<Req> & { readonly rule?: AccessRule | AccessRuleOf<Req> } {
  if (need.length === 0) return {}
  const [given, needs = {}] = need
  // A misspelled member, which would widen the rule, shows now and not with a request.
  const rule = typeof given === 'function' ? given : parseAccessRule(checkRule(given))
  if (typeof needs !== 'object') invalid(`Expected options such as { optional: true }, not ${typeof needs}.`)
  const { parameters } = needs
  checkOptions(
    needs,
    {
      authentication: 'object',
      optional: 'boolean',
      parameters: typeof parameters === 'function' ? 'function' : 'object',
    },
    [],
  )
  if (needs.authentication) checkDemand(needs.authentication)
  return { rule, ...needs }
}

function checkRule(rule: AccessRule): AccessRule {
  return typeof rule?.type === 'string'
    ? rule
    : invalid(
        `Expected an access rule, such as scope('a') or allOf(...), or a function that makes one, not ${typeof rule}.`,
      )
}

function invalid(message: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', message)
}

function refused(refusal: GuardRefusal): GuardAnswer {
  const { status, headers, body } = refusal
  return {
    refusal,
    get response() {
      return new Response(body && JSON.stringify(body), { status, headers })
    },
  }
}
