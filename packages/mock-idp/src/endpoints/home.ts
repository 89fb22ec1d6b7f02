/** `GET /`: a small index of what this mock offers. */
import type { ClientApp } from '../clients.ts'
import { hostOf, isLoopbackHost } from '../control/guard.ts'
import { page } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { isRedirectAllowed } from '../http/redirect-uri.ts'
import { type HomePage, homePage } from '../pages/home.ts'
import { phrase, textsFor } from '../pages/texts.ts'
import type { Runtime } from '../runtime.ts'
import { standardOverview } from '../standard/overview.ts'
import { pagePath } from './transaction.ts'

/** The index page. */
export const homeEndpoint: Endpoint = {
  name: 'home',
  cors: false,
  paths: ['/'],
  readOnly: true,
  get: (exchange) => page(homePage(overview(exchange))),
}

/** Challenge of the quickstart's PKCE sample (S-165), whose verifier everybody knows. */
const sampleChallenge = 'KM6LN2hMVS5xeS3CHhoNuHtqtWD0-EIbkIq8u_KZl3U'

/** A good authorize request that comes back to the index page, where the application allows that. */
function tryUrl({ project }: Runtime, app: ClientApp): { readonly tryUrl?: string } {
  const redirectUri = `${project.origin}/`
  if (app.status !== 'active' || !isRedirectAllowed(project, app, redirectUri)) return {}
  const url = new URL(app.connection.authorizationUrl)
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: app.kind === 'inbound' ? 'openid' : 'openid profile email',
    state: 'try-it',
    nonce: 'try-it',
    code_challenge: sampleChallenge,
    code_challenge_method: 'S256',
  }).toString()
  return { tryUrl: url.href }
}

function overview({ runtime, request, query }: Exchange): HomePage {
  const { origin, profile } = runtime.project
  const texts = textsFor(runtime.project, query.get('locale'))
  return {
    texts,
    ...(profile === 'standard' ? standardOverview(runtime) : descopeOverview(runtime)),
    ...(runtime.consolePath !== undefined && isLoopbackHost(hostOf(request)) && { consolePath: runtime.consolePath }),
    callback: ['code', 'state', 'iss', 'error', 'error_description'].flatMap((name) => {
      const value = query.get(name)
      return value === undefined ? [] : [[name, value] as const]
    }),
    flows: runtime.flows.registry.list().map(({ definition }) => ({
      id: definition.id,
      url: `${origin}${pagePath(runtime.project, 'login')}?${new URLSearchParams({ flow: definition.id })}`,
    })),
    users: runtime.users.list().map((user) => ({
      loginId: user.loginIds[0] ?? user.id,
      ...(user.password !== undefined && { password: user.password }),
      remark: [user.name, user.status === 'active' ? undefined : phrase(texts, user.status)].filter(Boolean).join(', '),
    })),
  }
}

function descopeOverview(runtime: Runtime): Pick<HomePage, 'projectId' | 'applications' | 'endpoints'> {
  const { origin, id } = runtime.project
  const applications = [
    ...[runtime.defaultApp, ...runtime.oidcApps.list()].map((app) => ({
      ...app,
      ...tryUrl(runtime, app),
      kind: `OIDC, ${app.clientType}`,
    })),
    ...runtime.inboundApps
      .list()
      .map((app) => ({ ...app, ...tryUrl(runtime, app), kind: `inbound, ${app.clientType}` })),
  ]
  const paths = {
    'OIDC authorize': '/oauth2/v1/authorize',
    'OIDC token': '/oauth2/v1/token',
    'OIDC userinfo': '/oauth2/v1/userinfo',
    'OIDC logout': '/oauth2/v1/logout',
    'OIDC revoke': '/oauth2/v1/revoke',
    'Inbound authorize': '/oauth2/v1/apps/authorize',
    'Inbound token': '/oauth2/v1/apps/token',
    'Inbound userinfo': '/oauth2/v1/apps/userinfo',
    'Inbound revoke': '/oauth2/v1/apps/revoke',
    'Key set': `/${id}/.well-known/jwks.json`,
  }
  return {
    projectId: id,
    applications,
    endpoints: Object.entries(paths).map(([name, path]) => ({ name, url: `${origin}${path}` })),
  }
}
