/** Provider metadata (IDP-SPEC 2.3; OpenID Connect Discovery section 4, RFC 8414 section 3). */
import { json } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { serviceProblem } from '../http/problem.ts'
import type { OidcApp } from '../model/oidc-app.ts'
import type { Runtime } from '../runtime.ts'

const claimsSupported =
  'iss aud iat exp sub name email email_verified phone_number phone_number_verified picture family_name given_name'.split(
    ' ',
  )

/** The printed sample of the service ends two names earlier. */
const claimsOfSample = 11

/** Grants that metadata of real services may name and the token endpoint refuses. */
const refusedGrants = ['urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:jwt-bearer']

type Metadata = Record<string, unknown>

/** Discovery of the default application, of named applications and of the inbound family, with their aliases. */
export const discoveryEndpoints: readonly Endpoint[] = [
  {
    name: 'discovery',
    cors: true,
    readOnly: true,
    paths: [
      '/:projectId/.well-known/openid-configuration',
      '/:projectId/.well-known/oauth-authorization-server',
      '/.well-known/oauth-authorization-server/:projectId',
      '/:projectId/:applicationId/.well-known/openid-configuration',
      '/:projectId/:applicationId/.well-known/oauth-authorization-server',
      '/.well-known/oauth-authorization-server/:projectId/:applicationId',
    ],
    get(exchange) {
      const { runtime } = exchange
      checkProject(exchange)
      const applicationId = exchange.path('applicationId')
      const app = applicationId === undefined ? runtime.defaultApp : runtime.oidcApps.get(applicationId)
      if (app?.status !== 'active') throw serviceProblem(404, 'E011004', 'there is no such application')
      return answerMetadata(runtime, oidcMetadata(runtime, app))
    },
  },
  {
    name: 'discovery',
    cors: true,
    readOnly: true,
    paths: [
      '/v1/apps/:projectId/.well-known/openid-configuration',
      '/v1/apps/:projectId/.well-known/oauth-authorization-server',
      '/.well-known/oauth-authorization-server/v1/apps/:projectId',
    ],
    get(exchange) {
      checkProject(exchange)
      return answerMetadata(exchange.runtime, inboundMetadata(exchange.runtime))
    },
  },
]

/** Throws 404 when the path names another project. Paths of the standard profile name none. */
export function checkProject(exchange: Exchange): void {
  const named = exchange.path('projectId')
  if (named === undefined || named === exchange.runtime.project.id) return
  throw serviceProblem(404, 'E011004', 'there is no such project')
}

function oidcMetadata(runtime: Runtime, app: OidcApp): Metadata {
  const { origin } = runtime.project
  // The shared endpoints cannot tell named applications apart, which may have one client id.
  const base = app.id === '' ? `${origin}/oauth2/v1` : `${origin}/${app.id}/oauth2/v1`
  const modern = runtime.project.compat.metadataProfile === 'modern'
  return {
    issuer: app.issuer,
    jwks_uri: jwksUri(runtime),
    authorization_endpoint: `${base}/authorize`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...(modern && { code_challenge_methods_supported: ['S256'] }),
    token_endpoint: `${base}/token`,
    userinfo_endpoint: `${base}/userinfo`,
    scopes_supported: ['openid', 'profile', 'email', 'phone'],
    claims_supported: [...new Set([...supportedClaims(runtime), ...app.claims])],
    end_session_endpoint: `${base}/logout`,
    revocation_endpoint: `${base}/revoke`,
    ...(modern && { grant_types_supported: servedGrants }),
    token_endpoint_auth_methods_supported: modern ? authMethods : [],
    ...switched(runtime),
  }
}

function inboundMetadata(runtime: Runtime): Metadata {
  const { origin, id } = runtime.project
  const base = `${origin}/oauth2/v1/apps`
  return {
    issuer: `${origin}/v1/apps/${id}`,
    jwks_uri: jwksUri(runtime),
    authorization_endpoint: `${base}/authorize`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint: `${base}/token`,
    userinfo_endpoint: `${base}/userinfo`,
    scopes_supported: ['openid'],
    claims_supported: supportedClaims(runtime),
    revocation_endpoint: `${base}/revoke`,
    grant_types_supported: servedGrants,
    token_endpoint_auth_methods_supported: authMethods,
    ...switched(runtime),
  }
}

const servedGrants = ['authorization_code', 'refresh_token', 'client_credentials']
const authMethods = ['none', 'client_secret_basic', 'client_secret_post']

function supportedClaims({ project }: Runtime): readonly string[] {
  return project.compat.metadataClaims === 'sample' ? claimsSupported.slice(0, claimsOfSample) : claimsSupported
}

/** What the switches of IDP-SPEC 2.18 change in every document. */
function switched(runtime: Runtime): Metadata {
  const { metadataAuthMethods, metadataOverAdvertise, metadataIssuerOverride } = runtime.project.compat
  return {
    ...(metadataAuthMethods && { token_endpoint_auth_methods_supported: metadataAuthMethods }),
    ...(metadataOverAdvertise && { grant_types_supported: [...servedGrants, ...refusedGrants] }),
    ...(metadataIssuerOverride !== undefined && { issuer: metadataIssuerOverride }),
    ...announceIss(runtime),
  }
}

function jwksUri(runtime: Runtime): string {
  return `${runtime.project.origin}/${runtime.project.id}/.well-known/jwks.json`
}

/** RFC 9207 section 3. The fault that leaves `iss` out needs the announcement to be a fault at all. */
function announceIss(runtime: Runtime): Metadata {
  const announced = runtime.project.compat.authorizationResponseIss || runtime.faults.isArmed('response-iss-missing')
  return announced ? { authorization_response_iss_parameter_supported: true } : {}
}

/** Answers a metadata document. */
export function answerMetadata({ project }: Runtime, metadata: Metadata): Response {
  return json(metadata, { headers: { 'Cache-Control': project.compat.metadataCacheControl } })
}
