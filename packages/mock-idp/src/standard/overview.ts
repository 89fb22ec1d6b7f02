import type { HomePage } from '../pages/home.ts'
import type { Runtime } from '../runtime.ts'

/** What the index page tells of the standard profile. */
export function standardOverview({
  project,
  standard,
}: Runtime): Pick<HomePage, 'projectId' | 'applications' | 'endpoints'> {
  const { origin } = project
  const paths = {
    Metadata: '/.well-known/openid-configuration',
    Authorize: '/authorize',
    'Pushed authorization': '/par',
    Token: '/token',
    Userinfo: '/userinfo',
    Introspect: '/introspect',
    Revoke: '/revoke',
    'Device authorization': '/device_authorization',
    'Device page': '/device',
    Registration: '/register',
    Logout: '/logout',
    'Key set': '/jwks',
  }
  return {
    projectId: origin,
    applications: standard.clients.list().map(({ client_name: name, client_id: clientId, issuer, ...client }) => ({
      name,
      clientId,
      issuer,
      kind: client.token_endpoint_auth_method,
    })),
    endpoints: Object.entries(paths).map(([name, path]) => ({ name, url: `${origin}${path}` })),
  }
}
