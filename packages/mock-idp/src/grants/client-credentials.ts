/** A machine's own tokens (IDP-SPEC 2.6, 5.5; RFC 6749 section 4.4). */
import { findConsents, isLive } from '../consent/consent.ts'
import { splitScope } from '../consent/scopes.ts'
import { invalidClient } from '../http/credentials.ts'
import { oauthProblem } from '../http/problem.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import { findTenant } from '../project.ts'
import type { Runtime } from '../runtime.ts'
import { type MachineToken, signClientToken, signKeyToken } from '../tokens/machine-tokens.ts'
import { authenticateFor, type GrantHandler, type GrantRequest, type TokenAnswer } from './grant-request.ts'

/** Answers `grant_type=client_credentials`: by access key for OIDC applications, by application secret for inbound ones. */
export const clientCredentialsGrant: GrantHandler = async (request) => {
  const { credentials, runtime } = request
  const { allowPostForM2M } = runtime.project.compat
  if (request.kind === 'oidc' && credentials.method === 'post' && !allowPostForM2M) {
    throw invalidClient('post', 'client credentials of an access key need HTTP Basic')
  }
  const client = authenticateFor(request, undefined)
  const { app, accessKey } = client
  if (app.clientCredentialsDisabled) throw oauthProblem(400, 'unauthorized_client', 'client credentials are off')
  if (app.kind === 'inbound') {
    if (app.clientType === 'public')
      throw oauthProblem(400, 'unauthorized_client', 'a public client has no credentials')
    return inboundAnswer(request, app)
  }
  if (!accessKey) throw invalidClient(credentials.method, 'an access key is needed')
  // Any scope text is taken, unknown names fall out: the key's power comes from its roles (IDP-SPEC 5.5).
  const scopes = splitScope(request.body.get('scope')).filter((scope) => keyScopes.has(scope))
  return answer(request, scopes, await signKeyToken(runtime, app, accessKey, scopes))
}

const keyScopes: ReadonlySet<string> = new Set(
  'openid profile email phone descope.claims descope.custom_claims'.split(' '),
)

async function inboundAnswer(request: GrantRequest, app: InboundApp): Promise<TokenAnswer> {
  const { runtime, body } = request
  const asked = body.get('scope')
  const tenant = tenantOf(request, app)
  const allowed = app.clientGrants.filter(consentFilter(runtime, app, tenant))
  const scopes = asked === undefined ? allowed : splitScope(asked).filter((scope) => allowed.includes(scope))
  if (scopes.length === 0) throw oauthProblem(400, 'invalid_scope', 'none of these scopes is granted to this client')
  const resources = [...body.all('resource'), ...body.all('audience')]
  if (resources.some((resource) => !app.audienceWhitelist.includes(resource))) {
    throw oauthProblem(400, 'invalid_target', 'resource is not allowed for this application')
  }
  const token = await signClientToken(runtime, app, scopes, { resources, ...(tenant !== undefined && { tenant }) })
  return answer(request, scopes, token)
}

/** With `requireTenantConsent` and a tenant, only what the consent of that whole tenant holds (IDP-SPEC 5.5). */
function consentFilter(runtime: Runtime, app: InboundApp, tenantId: string | undefined): (scope: string) => boolean {
  if (!app.requireTenantConsent || tenantId === undefined) return () => true
  const consents = findConsents(runtime, { appId: app.id, userId: '', tenantId })
  const held = consents.filter((consent) => isLive(runtime, consent)).flatMap(({ scopes }) => scopes)
  return (scope) => held.includes(scope)
}

function tenantOf({ runtime, body }: GrantRequest, app: InboundApp): string | undefined {
  const asked = body.get('tenantId')
  if (asked === undefined) return undefined
  const tenant = findTenant(runtime.project, asked)
  if (!tenant) throw oauthProblem(400, 'invalid_request', 'unknown_tenant')
  if (app.allowedTenants.length > 0 && !app.allowedTenants.includes(tenant.id)) {
    throw oauthProblem(400, 'invalid_request', 'tenant_not_allowed')
  }
  return tenant.id
}

function answer(
  request: GrantRequest,
  scopes: readonly string[],
  { token, expiresIn, extra }: MachineToken,
): TokenAnswer {
  request.exchange.reason = 'client credentials'
  return { access_token: token, token_type: 'Bearer', expires_in: expiresIn, scope: scopes.join(' '), ...extra }
}
