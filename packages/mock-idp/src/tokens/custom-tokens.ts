import { type ClientApp, findClient } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import type { Runtime } from '../runtime.ts'
import { orderToken } from '../standard/tokens/order-token.ts'
import { audienceOf, writeAudience } from './audience.ts'
import { accessTokenIssuer, authorizationClaims, customClaims, placeCustomClaims, subjectClaims } from './claims.ts'
import { type LogoutTokenRequest, orderLogoutToken } from './logout-token.ts'
import { draftToken, signDraft } from './token-draft.ts'

/** What a made-to-order access token says. */
export interface AccessTokenRequest {
  /** Id or login id of the user it speaks for. Without one it is a machine token whose `sub` is the client id. */
  readonly user?: string
  /** Client id. Default the default OIDC application, in the standard profile the first client. */
  readonly client?: string
  /** Scopes, separated by spaces. Default none. */
  readonly scope?: string
  /** Id of the current tenant. Default none. */
  readonly tenant?: string
  /** Claims that replace or add to the usual ones; `undefined` takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Header members that replace or add to the usual ones. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Life in seconds, may be negative. Default as configured. */
  readonly expiresInSeconds?: number
}

/** Tokens to order, for tests of resource servers and of back-channel logout. */
export interface MockTokens {
  /**
   * Signs an access token with the current key, shaped as the token endpoint does it. Userinfo does not know it.
   *
   * @throws {TypeError} When user or client is unknown.
   */
  accessToken(request?: AccessTokenRequest): Promise<string>
  /**
   * Signs a logout token with the current key, to be sent to a client's back-channel logout URI.
   *
   * @throws {TypeError} When user or client is unknown, or both `user` and `sid` are missing.
   */
  logoutToken(request: LogoutTokenRequest): Promise<string>
}

/** Builds the token control of one mock. */
export function createTokenControl(runtime: Runtime): MockTokens {
  return {
    logoutToken: (request) => orderLogoutToken(runtime, request),
    async accessToken(request = {}) {
      const { project, keys, faults, clock } = runtime
      if (project.profile === 'standard') return orderToken(runtime, request)
      const app = clientOf(runtime, request.client)
      const iat = epochSeconds(clock)
      const { lifetimes, templates } = project
      const seconds = request.user === undefined ? lifetimes.keyAccessTokenSeconds : lifetimes.accessTokenSeconds
      const scope = request.scope ?? ''
      const draft = draftToken(keys, {
        ...(request.user === undefined
          ? app.kind === 'oidc' && { nsec: { scope } }
          : userClaims(runtime, app, request.user, scope, request.tenant)),
        iss: accessTokenIssuer(project, app, request.user === undefined ? templates.accessKey : templates.user),
        ...(request.user === undefined
          ? { sub: app.clientId }
          : subjectClaims(templates.user, userOf(runtime, request.user))),
        aud: writeAudience(project, app.kind === 'inbound' ? audienceOf(project, app, []) : [project.id]),
        iat,
        exp: iat + (request.expiresInSeconds ?? seconds),
        drn: 'DS',
        ...(app.kind === 'inbound' && { azp: app.clientId, scope }),
        ...request.claims,
      })
      Object.assign(draft.header, request.header)
      await faults.act('access-token', { endpoint: 'token', client: () => app.clientId }, { runtime, draft })
      return signDraft(keys, draft)
    },
  }
}

function clientOf(runtime: Runtime, clientId: string = runtime.project.id): ClientApp {
  const app = findClient(runtime, 'inbound', { clientId }) ?? findClient(runtime, 'oidc', { clientId })
  if (!app) throw new TypeError(`tokens: the client ${JSON.stringify(clientId)} is unknown`)
  return app
}

function userOf(runtime: Runtime, name: string): ReturnType<Runtime['users']['list']>[number] {
  const user = runtime.users.get(name)
  if (!user) throw new TypeError(`tokens: the user ${JSON.stringify(name)} is unknown`)
  return user
}

function userClaims(
  runtime: Runtime,
  app: ClientApp,
  name: string,
  scope: string,
  tenant: string | undefined,
): Record<string, unknown> {
  const { project, clock } = runtime
  const user = userOf(runtime, name)
  const scopes = scope.split(' ')
  const shown = app.kind === 'inbound' || project.compat.authClaimsAlwaysInAccess || scopes.includes('descope.claims')
  const rexp = new Date((epochSeconds(clock) + project.lifetimes.refreshTokenSeconds) * 1000)
  return {
    ...placeCustomClaims(project, customClaims(project, user), app.kind === 'inbound' ? {} : { scope }),
    ...(shown && authorizationClaims(project, app, scopes, user, tenant)),
    amr: ['pwd'],
    rexp: rexp.toISOString().replace('.000Z', 'Z'),
  }
}
