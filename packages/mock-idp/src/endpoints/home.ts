/** `GET /`: a small index of what this mock offers. */
import { page } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { homePage } from '../pages/home.ts'
import type { Runtime } from '../runtime.ts'

/** The index page. */
export const homeEndpoint: Endpoint = {
  name: 'home',
  cors: false,
  paths: ['/'],
  get: ({ runtime }) => page(homePage(overview(runtime))),
}

function overview(runtime: Runtime): Parameters<typeof homePage>[0] {
  const { origin, id } = runtime.project
  const applications = [
    ...[runtime.defaultApp, ...runtime.oidcApps.list()].map((app) => ({ ...app, kind: `OIDC, ${app.clientType}` })),
    ...runtime.inboundApps.list().map((app) => ({ ...app, kind: `inbound, ${app.clientType}` })),
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
    users: runtime.users.list().map((user) => ({
      loginId: user.loginIds[0] ?? user.id,
      password: user.password ?? '(none)',
      remark: [user.name, user.status === 'active' ? undefined : user.status].filter(Boolean).join(', '),
    })),
    endpoints: Object.entries(paths).map(([name, path]) => ({ name, url: `${origin}${path}` })),
  }
}
