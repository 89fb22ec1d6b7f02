import type { MockIdp } from '../mock-idp.ts'

/** What a test needs to know of a client to sign in with it. */
export interface TestClient {
  readonly clientId: string
  readonly issuer: string
  /** Where the browser is sent back to, unless a test says otherwise. */
  readonly redirectUri: string
  /** All that is asked for, unless a test says otherwise. */
  readonly scope: string
}

/**
 * Finds the client that a test means.
 *
 * @param name - Client id. Default the default OIDC application; in the standard profile the first client for users.
 * @throws {TypeError} When there is none.
 */
export function findTestClient(idp: MockIdp, name?: string): TestClient {
  const { issuer, projectId: clientId } = idp
  const plain = {
    clientId,
    issuer,
    redirectUri: 'http://localhost/callback',
    scope: 'openid profile email offline_access',
  }
  const ofUsers = idp.clients.list().find(({ redirect_uris }) => redirect_uris.length > 0)
  const standard = name === undefined ? ofUsers : idp.clients.get(name)
  if (standard) {
    const { client_id, redirect_uris, grant_types } = standard
    const scope = grant_types.includes('refresh_token') ? plain.scope : 'openid profile email'
    return { ...plain, clientId: client_id, redirectUri: redirect_uris[0] ?? plain.redirectUri, scope }
  }
  if (name === undefined || name === clientId) return plain
  const inbound = idp.inboundApps.get(name)
  if (inbound) {
    const names = [...inbound.permissionsScopes, ...inbound.attributesScopes].map((scope) => scope.name)
    return { ...plain, clientId: inbound.clientId, issuer: idp.inboundIssuer, scope: ['openid', ...names].join(' ') }
  }
  const oidc = idp.oidcApps.get(name)
  if (!oidc) throw new TypeError(`there is no application ${JSON.stringify(name)}`)
  return { ...plain, clientId: oidc.clientId, issuer: oidc.issuer }
}
