/**
 * The ordered checks of an authorization request (IDP-SPEC 2.4, "Order of checks"). The first two never redirect;
 * what fails after them goes to the redirect URI.
 */
import { type ClientApp, type ClientKind, findClient } from '../clients.ts'
import { isBaseScope, scopesOf, splitScope } from '../consent/scopes.ts'
import type { Parameters } from '../http/parameters.ts'
import { oauthProblem, serviceProblem } from '../http/problem.ts'
import { isRedirectAllowed } from '../http/redirect-uri.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'

/** An authorization request whose client and redirect URI are good. */
export interface AuthorizationRequest {
  readonly runtime: Runtime
  readonly app: ClientApp
  readonly redirectUri: string
  readonly parameters: Parameters
}

/** One named rule; throws a {@link Problem} when the request breaks it. */
export interface AuthorizationCheck {
  readonly name: string
  readonly check: (request: AuthorizationRequest) => void
}

/** Finds client and redirect URI. What it throws is shown, never redirected (RFC 6749 section 4.1.2.1). */
export function identifyRequest(
  runtime: Runtime,
  kind: ClientKind,
  parameters: Parameters,
  applicationId: string | undefined,
): AuthorizationRequest {
  const clientId = parameters.get('client_id')
  if (clientId === undefined) throw serviceProblem(400, 'E011002', 'client_id is missing')
  const app = findClient(runtime, kind, { clientId, applicationId: applicationId ?? parameters.get('ssoAppId') })
  if (!app) throw serviceProblem(400, 'E011004', 'client_id names no active application')
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined) throw serviceProblem(400, 'E011002', 'redirect_uri is missing')
  if (parameters.all('redirect_uri').length > 1 || !isRedirectAllowed(runtime.project, app, redirectUri)) {
    throw serviceProblem(400, 'E011004', 'redirect_uri is not allowed for this application')
  }
  return { runtime, app, redirectUri, parameters }
}

const invalid = (description: string): Error => oauthProblem(400, 'invalid_request', description)

/** The rules whose failure is an error response, in the order in which they are looked at. */
export const authorizationChecks: readonly AuthorizationCheck[] = [
  {
    name: 'the code grant is on',
    check({ app }) {
      if (app.authorizationCodeDisabled) throw oauthProblem(400, 'unauthorized_client', 'the code grant is off')
    },
  },
  {
    name: 'response_type is code',
    check({ parameters }) {
      const responseType = parameters.get('response_type')
      if (responseType === undefined) throw invalid('response_type is missing')
      if (responseType !== 'code') throw oauthProblem(400, 'unsupported_response_type', 'only code is supported')
    },
  },
  {
    name: 'no parameter is repeated, sizes are bounded',
    check({ parameters }) {
      const repeated = parameters.repeated.find((name) => name !== 'resource')
      if (repeated !== undefined) throw invalid(`${repeated} is given more than once`)
      if (parameters.size > 8192) throw invalid('the request is larger than 8 KiB')
      if ((parameters.get('state') ?? '').length > 2048) throw invalid('state is longer than 2048 characters')
    },
  },
  {
    name: 'no request object',
    check({ parameters }) {
      for (const name of ['request', 'request_uri']) {
        if (parameters.get(name) !== undefined)
          throw oauthProblem(400, `${name}_not_supported`, `${name} is ignored here`)
      }
    },
  },
  {
    name: 'state is there (OIDC)',
    check({ app, parameters }) {
      if (app.kind === 'oidc' && parameters.get('state') === undefined) throw invalid('state is missing')
    },
  },
  {
    name: 'scope has openid (OIDC)',
    check({ app, parameters }) {
      if (app.kind === 'inbound' || splitScope(parameters.get('scope')).includes('openid')) return
      throw oauthProblem(400, 'invalid_scope', 'scope must contain openid')
    },
  },
  { name: 'PKCE', check: checkPkce },
  {
    name: 'scopes are known (inbound)',
    check({ app, parameters }) {
      if (app.kind === 'oidc') return
      const defined = new Set(scopesOf(app).map((scope) => scope.name))
      const unknown = splitScope(parameters.get('scope')).find((name) => !defined.has(name) && !isBaseScope(app, name))
      if (unknown !== undefined) throw oauthProblem(400, 'invalid_scope', 'a scope is unknown to this application')
    },
  },
  {
    name: 'prompt',
    check({ app, parameters }) {
      const allowed = ['none', 'login', 'select_account', ...(app.kind === 'inbound' ? ['consent'] : [])]
      const prompt = splitScope(parameters.get('prompt'))
      if (prompt.some((value) => !allowed.includes(value))) throw invalid(`prompt must be one of ${allowed.join(', ')}`)
      if (prompt.includes('none') && prompt.length > 1) throw invalid('prompt none stands alone')
    },
  },
  {
    name: 'flow exists',
    check({ runtime, parameters }) {
      const flow = parameters.get('flow')
      if (flow !== undefined && !runtime.flows.registry.get(flow)) throw invalid('unknown_flow')
    },
  },
  {
    name: 'tenant exists',
    check({ runtime, parameters }) {
      const tenant = parameters.get('tenant')
      if (tenant !== undefined && !findTenant(runtime.project, tenant)) throw invalid('unknown_tenant')
    },
  },
  {
    name: 'resources are allowed',
    check({ app, parameters }) {
      const foreign = parameters.all('resource').find((resource) => !app.audienceWhitelist.includes(resource))
      if (foreign !== undefined)
        throw oauthProblem(400, 'invalid_target', 'resource is not allowed for this application')
    },
  },
]

/** Required for public clients and with `forcePkce`; S256 only, 43 characters (RFC 7636 section 4.3). */
function checkPkce({ app, parameters }: AuthorizationRequest): void {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === undefined) {
    if (method !== undefined) throw invalid('code_challenge_method without code_challenge')
    if (app.clientType === 'public' || app.forcePkce) throw invalid('code_challenge is missing')
    return
  }
  if (method !== 'S256') throw invalid('code_challenge_method must be S256')
  if (!/^[\w-]{43}$/.test(challenge)) throw invalid('code_challenge must be 43 base64url characters')
}

const withoutEffect = new Set(
  (
    'dynamic_val flow_token dpop_jkt project_id mcp_server_id max_age acr_values claims ui_locales id_token_hint ' +
    'response_mode display'
  ).split(' '),
)

/** Remarks for the journal: parameters that this provider ignores. */
export function ignoredParameters(parameters: Parameters): string[] {
  return Object.keys(parameters.record)
    .filter((name) => withoutEffect.has(name))
    .map((name) => `${name} has no effect in this version`)
}
