/** Lists what the routes of a router need, for documentation and for the scopes in metadata. */
import { type AccessRule, allOf, ConfigurationError } from '@countersign/core'
import type { AccessRuleOf, AuthenticationDemand } from '@countersign/core/api'
import type { Application, Request, Router } from 'express'

/** What a route needs. */
export interface GuardedRoute {
  /** HTTP method in capitals; `ALL` for a route of all methods. */
  readonly method: string
  /** Path as routers have it, such as `/contacts/:id`. A part that Express does not keep is `*`. */
  readonly path: string
  /** `open`: no guard in front. `optional`: a token is not needed, and a wrong one refused. `guarded`: a token is needed. */
  readonly access: 'open' | 'optional' | 'guarded'
  /** The rule; undefined when any valid token will do, and on open routes. */
  readonly rule: AccessRule | undefined
  /** Whether a function adds a rule for each request, which is not part of `rule`. */
  readonly dependsOnRequest: boolean
  /** The logins that are needed (RFC 9470). */
  readonly authentication: readonly AuthenticationDemand[]
}

/** What a middleware of a guard needs. */
export interface GuardMark {
  readonly rule: AccessRule | AccessRuleOf<Request>
  readonly authentication: AuthenticationDemand | undefined
  readonly optional: boolean
}

/** A guard in front of routes, and the layer that says where it stands. */
interface Passed {
  readonly need: GuardMark
  readonly layer: Layer | undefined
}

/** What Express keeps of a `use` or a route; the same in Express 4 and 5 but for the path of a `use`. */
interface Layer {
  readonly handle: unknown
  readonly route?: Route
  readonly method?: string
  /** The path as given: Express 5.1 and later. */
  readonly rawPath?: unknown
  /** Whether it stands at `/`: Express 5, Express 4. */
  readonly slash?: boolean
  readonly regexp?: { readonly source: string; readonly fast_slash?: boolean }
  /** What {@link match} has matched, where that gives true alone. */
  readonly path?: string
  match(path: string): boolean | { readonly path: string }
}

interface Route {
  readonly path: unknown
  readonly methods: Readonly<Record<string, boolean>>
  readonly stack: readonly Layer[]
}

/** The same for every copy of this package. */
const mark = Symbol.for('@countersign/express/need')

/** Lets a middleware say what it needs. */
export function markGuard<Middleware extends object>(middleware: Middleware, need: GuardMark): Middleware {
  return Object.defineProperty(middleware, mark, { value: need })
}

/**
 * Lists the routes of a router or an app, nested routers included, with what the guards in front of them need.
 *
 * @param router - A router or an app of Express 4 or 5. Apps that are mounted in it are not seen: mount routers.
 * @returns A row for each method and path, in the order of the routes.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for anything else, of which an empty list would say that it has no routes.
 * @example source: packages/express/test/snippets/metadata.ts
 */
export function accessRulesOf(router: Router | Application): readonly GuardedRoute[] {
  if (typeof router !== 'function') {
    const found = router === null ? 'null' : typeof router
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      `accessRulesOf takes a router or an app of Express, not ${found}.`,
    )
  }
  return listRoutes(stackOf(router), '', [])
}

function listRoutes(stack: readonly Layer[], prefix: string, inherited: readonly Passed[]): readonly GuardedRoute[] {
  const passed = [...inherited]
  return stack.flatMap((layer) => {
    const { route, handle } = layer
    if (route) {
      return pathsOf(route.path).flatMap((path) => {
        const needs = passed.filter((guard) => standsBefore(guard, path)).map(({ need }) => need)
        return methodsOf(route).map(([name, method]) =>
          describe(name, `${prefix}${path}`, [...needs, ...needsIn(route.stack, method)]),
        )
      })
    }
    const need = needOf(handle)
    if (need) passed.push({ need, layer })
    const nested = (handle as { stack?: unknown }).stack
    if (!Array.isArray(nested)) return []
    return mountPathsOf(layer).flatMap((path) => {
      const guards = passed.filter((guard) => standsBefore(guard, path || '/'))
      return listRoutes(
        nested,
        `${prefix}${path}`,
        guards.map((guard) => ({ need: guard.need, layer: undefined })),
      )
    })
  })
}

function describe(method: string, path: string, needs: readonly GuardMark[]): GuardedRoute {
  const rules = needs.map(({ rule }) => rule)
  const known = rules.filter((rule) => typeof rule === 'object').filter((rule) => !isEmpty(rule))
  const needed = needs.some(({ optional }) => !optional)
  return {
    method,
    path: path || '/',
    access: needed ? 'guarded' : needs.length > 0 ? 'optional' : 'open',
    rule: known.length > 1 ? allOf(...known) : known[0],
    dependsOnRequest: rules.some((rule) => typeof rule === 'function'),
    authentication: needs.flatMap(({ authentication }) => authentication ?? []),
  }
}

function isEmpty(rule: AccessRule): boolean {
  return rule.type === 'allOf' && rule.rules.length === 0
}

/** The guards of a route; one behind the last handler guards nothing. */
function needsIn(stack: readonly Layer[], method: string): readonly GuardMark[] {
  const layers = stack.filter((layer) => layer.method === undefined || layer.method === method)
  const last = layers.findLastIndex(({ handle }) => !needOf(handle))
  const before = last === -1 ? layers : layers.slice(0, last)
  return before.flatMap(({ handle }) => [needOf(handle)].filter((need) => need !== undefined))
}

function needOf(handle: unknown): GuardMark | undefined {
  return (handle as { [mark]?: GuardMark })[mark]
}

/** Whether a guard that is mounted with `use` sees requests of a path; an unknown part of the path counts as not seen. */
function standsBefore({ layer }: Passed, path: unknown): boolean {
  if (!layer || isRoot(layer)) return true
  const certain = certainPart(path)
  const match = layer.match(certain)
  if (!match || isText(layer)) return Boolean(match)
  const { path: matched = '' } = match === true ? layer : match
  // A pattern may leave out some of the paths that a route stands for. What it matches counts where it is the first segments.
  if (certain !== path || certain.includes(':') || !certain.startsWith(matched)) return false
  return /^([/.]|$)/.test(certain.slice(matched.length))
}

/** Whether a layer was mounted at a text, of which Express 4 keeps a pattern that ends between two segments. */
function isText({ rawPath, regexp }: Layer): boolean {
  if (regexp) return regexp.source.endsWith('(?=\\/|$)')
  return pathsOf(rawPath).every((path) => !(path instanceof RegExp))
}

/** What every request of a path begins with: it ends where a part may be absent, or may be anything. */
function certainPart(path: unknown): string {
  if (typeof path !== 'string') return '/'
  const end = path.search(/\{\/|[^/{]*([}*?+()[\]\\]|\{(?!\/))/)
  return end === -1 ? path : path.slice(0, end)
}

function isRoot({ slash, regexp }: Layer): boolean {
  return slash === true || regexp?.fast_slash === true
}

function mountPathsOf(layer: Layer): readonly unknown[] {
  if (isRoot(layer)) return ['']
  return layer.rawPath === undefined ? ['/*'] : pathsOf(layer.rawPath).map((path) => (path === '/' ? '' : path))
}

function pathsOf(path: unknown): readonly unknown[] {
  return [path].flat()
}

/** Names of methods, each with the one whose handlers count: `app.all` registers every method that Node knows. */
function methodsOf({ methods, stack }: Route): readonly (readonly [name: string, method: string])[] {
  const named = Object.keys(methods).filter((method) => method !== '_all')
  if (named.length >= mostMethods) return [['ALL', named[0] as string]]
  const forAll = stack.some(({ method, handle }) => method === undefined && !needOf(handle))
  const all = forAll || named.length === 0 ? [['ALL', 'all'] as const] : []
  return [...all, ...named.map((method) => [method.toUpperCase(), method] as const)]
}

/** More methods than anyone lists by hand. */
const mostMethods = 20

/** A router has its layers; an app of Express 5 has a router, and one of Express 4 with its first route. */
function stackOf(router: object): readonly Layer[] {
  const { stack } = router as { stack?: readonly Layer[] }
  if (stack) return stack
  // In Express 4, reading `app.router` throws.
  const app = router as {
    _router?: { stack: readonly Layer[] }
    router?: { stack: readonly Layer[] }
    lazyrouter?: unknown
  }
  return (app.lazyrouter ? app._router : app.router)?.stack ?? []
}
