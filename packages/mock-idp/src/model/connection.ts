import type { ClientApp } from '../clients.ts'
import type { Project } from '../project.ts'

/** What a client needs to know of the provider: the generated fields of an application (IDP-SPEC 5.2). */
export interface Connection {
  /** Client id. */
  readonly clientId: string
  /** Issuer. */
  readonly issuer: string
  /** Metadata document. */
  readonly discoveryUrl: string
  /** Authorization endpoint. */
  readonly authorizationUrl: string
  /** Token endpoint. */
  readonly tokenUrl: string
  /** Userinfo endpoint. */
  readonly userinfoUrl: string
  /** Revocation endpoint. */
  readonly revocationUrl: string
  /** Key set. */
  readonly jwksUrl: string
  /** Where authorize sends the browser. */
  readonly hostingUrl: string
  /** End-session endpoint; inbound applications have none. */
  readonly logoutUrl?: string
}

/** Flow that authorize names when the application has no hosting URL of its own. */
export function defaultFlow(app: Pick<ClientApp, 'kind'>): string {
  return app.kind === 'inbound' ? 'inbound-apps-user-consent' : 'sign-up-or-in'
}

/** The connection of an application; all addresses begin with the origin of the project. */
export function connectionOf(
  project: Pick<Project, 'id' | 'origin'>,
  app: Pick<ClientApp, 'kind' | 'id' | 'clientId' | 'issuer' | 'loginPageUrl'>,
): Connection {
  const { id, origin } = project
  const base = app.kind === 'inbound' ? '/oauth2/v1/apps' : app.id === '' ? '/oauth2/v1' : `/${app.id}/oauth2/v1`
  return {
    clientId: app.clientId,
    issuer: app.issuer,
    discoveryUrl: `${app.issuer}/.well-known/openid-configuration`,
    authorizationUrl: `${origin}${base}/authorize`,
    tokenUrl: `${origin}${base}/token`,
    userinfoUrl: `${origin}${base}/userinfo`,
    revocationUrl: `${origin}${base}/revoke`,
    jwksUrl: `${origin}/${id}/.well-known/jwks.json`,
    hostingUrl: app.loginPageUrl ?? `${origin}/login/${id}?flow=${defaultFlow(app)}`,
    ...(app.kind === 'oidc' && { logoutUrl: `${origin}${base}/logout` }),
  }
}
