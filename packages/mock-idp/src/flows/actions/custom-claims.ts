/** `custom-claims`: claims for the coming tokens (IDP-SPEC 3.5, 3.6, 4.4). */
import { isReservedClaim } from '../../project.ts'
import { longestClaimName, longestClaimValue, mostClaims } from '../claim-limits.ts'
import type { ClaimSpec } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import { parsePath } from '../path.ts'
import { barePath, placeholdersOf, type Resolve, resolveJson, resolveTemplate } from '../template.ts'
import type { ActionRun, FlowAction } from './action.ts'

/** Sets claims; a later one wins. Reserved names are dropped with a warning, the action still succeeds. */
export const customClaims: FlowAction = (run) => {
  const { execution, node, id, args } = run
  const { log, claims, fromClient } = execution
  const title = node.name ?? node.action
  const specs = node.claims ?? []
  const dropped = specs.filter(({ key }) => isReservedClaim(key)).map(({ key }) => key)
  if (dropped.length > 0) {
    const text = `the names ${dropped.join(', ')} are reserved`
    log.add({ level: 'warn', title, log: text, nodeId: id, kind: 'claims.dropped', data: { claims: dropped } })
  }
  const kept = specs.filter(({ key }) => !dropped.includes(key))
  const { values, missing } = workOut(run, kept)
  if (missing.length > 0) {
    const text = `no value for ${missing.join(', ')}`
    log.add({ level: 'debug', title, log: text, nodeId: id, kind: 'value.missing', data: { claims: missing } })
  }
  const next = new Map(claims)
  for (const [key, value] of values) {
    if (value === undefined) next.delete(key)
    else next.set(key, value)
  }
  checkLimits(next)
  claims.clear()
  for (const [key, value] of next) claims.set(key, value)
  for (const spec of kept) {
    if (isClientSupplied(spec)) fromClient.add(spec.key)
    else fromClient.delete(spec.key)
  }
  planRenewal(run, kept, args.refreshSeconds)
  const set = kept.map(({ key }) => key).filter((key) => next.has(key))
  log.add({ title, log: set.join(', '), nodeId: id, kind: 'claims.set', data: { claims: set } })
  return { claims: set }
}

/** Values by claim name, `undefined` for a claim to be left out, and the names without a value. */
function workOut({ runtime, resolve }: Pick<ActionRun, 'runtime' | 'resolve'>, specs: readonly ClaimSpec[]) {
  const policy = runtime.flows.settings.emptyClaimPolicy ?? 'delete'
  const empty = { delete: undefined, nil: null, none: '' }[policy]
  const values = new Map<string, unknown>()
  const missing: string[] = []
  for (const spec of specs) {
    const value = claimValue(spec, resolve)
    if (value === undefined) missing.push(spec.key)
    values.set(spec.key, value === undefined ? empty : value)
  }
  return { values, missing }
}

/** Claims that name `client.*` repeat what the client said: they go to `nsec`, which nobody must trust (3.5). */
function isClientSupplied(spec: ClaimSpec): boolean {
  if (spec.type === 'number' || spec.type === 'boolean') return false
  const paths = spec.type === 'dynamic' ? [barePath(spec.value)] : placeholdersOf(JSON.stringify(spec.value))
  return paths.some((path) => parsePath(path)?.[0] === 'client')
}

/** With `refreshSeconds`, a refresh of tokens reads the user and the tenant again; connector answers stay as they were. */
function planRenewal(run: ActionRun, specs: readonly ClaimSpec[], refreshSeconds: unknown): void {
  if (refreshSeconds === undefined) return
  const seconds = Number(refreshSeconds)
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new FlowError('MissingArgument', 'refreshSeconds of custom-claims must be a whole number of seconds')
  }
  const own = specs.filter((spec) => !isClientSupplied(spec))
  run.execution.claimRenewals.push({
    seconds,
    doneAt: run.runtime.clock.now(),
    evaluate() {
      const { values } = workOut(run, own)
      checkLimits(new Map([...values].filter(([, value]) => value !== undefined)))
      return Object.fromEntries(values)
    },
  })
}

function claimValue(spec: ClaimSpec, resolve: Resolve): unknown {
  switch (spec.type) {
    case 'string':
      return resolveTemplate(spec.value, resolve)
    case 'dynamic':
      return resolve(barePath(spec.value))
    case 'json':
      return resolveJson(spec.value, resolve)
    default:
      return spec.value
  }
}

function checkLimits(claims: ReadonlyMap<string, unknown>): void {
  const tooLong = [...claims].find(
    ([key, value]) =>
      key.length > longestClaimName ||
      (typeof value === 'string' ? value : JSON.stringify(value)).length > longestClaimValue,
  )
  if (tooLong) {
    const limits = `${longestClaimName} characters of name and ${longestClaimValue} of value`
    throw new FlowError('ClaimLimitExceeded', `the claim ${tooLong[0].slice(0, 60)} exceeds ${limits}`)
  }
  if (claims.size > mostClaims) throw new FlowError('ClaimLimitExceeded', `there are more than ${mostClaims} claims`)
}
