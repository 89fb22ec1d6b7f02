/** `custom-claims`: claims for the coming tokens (IDP-SPEC 3.6, 4.4). */
import { isReservedClaim } from '../../project.ts'
import { longestClaimName, longestClaimValue, mostClaims } from '../claim-limits.ts'
import type { ClaimSpec } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import { barePath, type Resolve, resolveJson, resolveTemplate } from '../template.ts'
import type { FlowAction } from './action.ts'

/** Sets claims; a later one wins. Reserved names are dropped with a warning, the action still succeeds. */
export const customClaims: FlowAction = ({ runtime, execution, node, id, resolve }) => {
  const { log, claims } = execution
  const title = node.name ?? node.action
  const specs = node.claims ?? []
  const dropped = specs.filter(({ key }) => isReservedClaim(key)).map(({ key }) => key)
  if (dropped.length > 0) {
    const text = `the names ${dropped.join(', ')} are reserved`
    log.add({ level: 'warn', title, log: text, nodeId: id, kind: 'claims.dropped', data: { claims: dropped } })
  }
  const next = new Map(claims)
  const missing: string[] = []
  for (const spec of specs.filter(({ key }) => !dropped.includes(key))) {
    const value = claimValue(spec, resolve)
    if (value === undefined) {
      missing.push(spec.key)
      const policy = runtime.flows.settings.emptyClaimPolicy ?? 'delete'
      if (policy === 'delete') next.delete(spec.key)
      else next.set(spec.key, policy === 'nil' ? null : '')
    } else next.set(spec.key, value)
  }
  if (missing.length > 0) {
    const text = `no value for ${missing.join(', ')}`
    log.add({ level: 'debug', title, log: text, nodeId: id, kind: 'value.missing', data: { claims: missing } })
  }
  checkLimits(next)
  claims.clear()
  for (const [key, value] of next) claims.set(key, value)
  const set = specs.map(({ key }) => key).filter((key) => next.has(key))
  log.add({ title, log: set.join(', '), nodeId: id, kind: 'claims.set', data: { claims: set } })
  return { claims: set }
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
