/** The one resolver behind conditions, actions, connectors, screens and claims (IDP-SPEC 4.6). */

import { decideConsent } from '../consent/decision.ts'
import { scopesOf } from '../consent/scopes.ts'
import { currentTenant } from '../endpoints/code-issue.ts'
import { Problem } from '../http/problem.ts'
import type { MockUser } from '../model/user.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { claimValues } from './claim-values.ts'
import { isEmail } from './conditions.ts'
import { deviceValues, userAgentValues } from './device-values.ts'
import type { Execution } from './execution.ts'
import { historyOf, isImpossibleTravel } from './history.ts'
import { parsePath, readPath } from './path.ts'
import type { Resolve } from './template.ts'
import { unauthenticatedUser } from './unauth-user.ts'
import { userValues } from './user-values.ts'

type Roots = Readonly<Record<string, () => unknown>>

/** Creates the resolver of an execution. Values are read at each look-up: `user.*` is never stale. */
export function createResolver(runtime: Runtime, execution: Execution): Resolve {
  const roots = rootsOf(runtime, execution)
  return (text) => {
    const path = parsePath(text)
    if (!path) return undefined
    const [root, ...rest] = path
    if (Object.hasOwn(roots, root)) return readPath(roots[root]?.(), rest)
    if (!execution.unknownRoots.has(root)) {
      execution.unknownRoots.add(root)
      const log = `there are no values under ${root}`
      execution.log.add({ level: 'warn', title: root, log, kind: 'value.unknownRoot', data: { root } })
    }
    return undefined
  }
}

function rootsOf(runtime: Runtime, execution: Execution): Roots {
  const { flow, form, transaction, risk, device } = execution
  const userOf = (): MockUser | undefined =>
    execution.userId === undefined ? undefined : runtime.users.get(execution.userId)
  return {
    user: () => {
      const user = userOf()
      const values = user && userValues(runtime, user, currentTenant(user, execution.tenant), device.id)
      return { ...values, loggedIn: execution.loggedIn }
    },
    unauthUser: () => unauthenticatedUser(runtime, execution),
    authInfo: () => authValues(runtime, execution),
    device: () => deviceValues(device),
    form: () => ({ ...form, ...(isEmail(form.email) && { emailDomain: domainOf(form.email) }) }),
    riskInfo: () => riskValues(runtime, execution),
    userAgent: () => userAgentValues(device.userAgent),
    jwtClaims: () => claimValues(runtime, execution),
    scripts: () => execution.scripts,
    connectors: () => execution.connectors,
    documents: () => execution.documents,
    ssoAppID: () => appId(execution),
    ssoAppId: () => appId(execution),
    tenant: () => tenantValues(runtime, execution, userOf()),
    thirdPartyApp: () => thirdPartyApp(runtime, execution, userOf()),
    flow: () => ({
      id: flow.definition.id,
      executionId: execution.id,
      version: flow.version,
      startedAt: Math.floor(execution.startedAt / 1000),
    }),
    geo: () => risk.geo,
    client: () => execution.client,
    lastAuth: () => execution.hints.lastAuth,
    idpInitiated: () => execution.hints.idpInitiated ?? false,
    externalToken: () => execution.hints.externalToken,
    abTestingKey: () => execution.hints.abTestingKey,
    errors: () => execution.errors,
  }

  function appId(run: Execution): string {
    return transaction?.app.kind === 'oidc' ? transaction.app.id : String(run.hints.ssoAppId ?? '')
  }
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

function authValues(runtime: Runtime, execution: Execution): unknown {
  const { auth } = execution
  if (!auth) return undefined
  const { settings } = runtime.flows
  const seconds = runtime.project.lifetimes.refreshTokenSeconds
  return {
    sessionJwt: auth.sessionJwt,
    refreshJwt: auth.refreshJwt,
    cookieDomain: settings.cookieDomain ?? '',
    cookiePath: settings.cookiePath ?? '/',
    cookieMaxAge: seconds,
    cookieExpiration: Math.floor(runtime.clock.now() / 1000) + seconds,
    firstSeen: auth.firstSeen,
  }
}

function riskValues(runtime: Runtime, execution: Execution): unknown {
  const { risk, device, userId } = execution
  const history = userId === undefined ? undefined : historyOf(runtime.flows.histories, userId)
  const now = runtime.clock.now()
  const trustEnd = device.id === undefined ? undefined : history?.trusted.get(device.id)
  return {
    botDetected: risk.botDetected ?? false,
    riskScore: risk.riskScore ?? 0,
    trustedDevice: trustEnd !== undefined && trustEnd > now,
    impossibleTravel: history !== undefined && isImpossibleTravel(history, risk.geo, now),
  }
}

function tenantValues(runtime: Runtime, execution: Execution, user: MockUser | undefined): unknown {
  const id = user ? currentTenant(user, execution.tenant) : execution.tenant
  const tenant = id === undefined ? undefined : findTenant(runtime.project, id)
  return tenant && { customAttributes: {}, ...tenant, domains: tenant.domains ?? [] }
}

function thirdPartyApp(runtime: Runtime, execution: Execution, user: MockUser | undefined): unknown {
  const { transaction } = execution
  if (transaction?.app.kind !== 'inbound') return undefined
  const { app, scopes, prompt } = transaction
  const { id, name, logo, description } = app
  const mandatory = scopesOf(app).filter(({ optional }) => optional !== true)
  return {
    ...{ id, name, logo, description, scopes },
    mandatoryScopes: mandatory.map((scope) => scope.name),
    ...(user && { user: consentOf() }),
  }

  function consentOf(): unknown {
    if (!user) return undefined
    try {
      const tenant = currentTenant(user, execution.tenant)
      const { consented, held } = decideConsent(runtime, { app, user, tenant, requested: scopes, prompt })
      return { consented, consentedScopes: held }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return { consented: false, consentedScopes: [] }
    }
  }
}
