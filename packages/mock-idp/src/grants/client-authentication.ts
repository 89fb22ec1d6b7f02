/** Whether the client of a token request is who it says it is (IDP-SPEC 2.1, 2.6). */
import { type ClientApp, type ClientKind, findClient } from '../clients.ts'
import { epochSeconds } from '../clock.ts'
import { invalidClient, type PresentedCredentials } from '../http/credentials.ts'
import type { AccessKey } from '../model/access-key.ts'
import { isGoodSecret } from '../model/client-secret.ts'
import type { Runtime } from '../runtime.ts'

/** The client of a token request. */
export interface AuthenticatedClient {
  readonly app: ClientApp
  /** True when a secret was sent and was right. */
  readonly authenticated: boolean
  /** The access key that was used as secret. */
  readonly accessKey?: AccessKey
}

/**
 * Finds and authenticates the client.
 *
 * @param applicationId - Named OIDC application from the path or from the code, for clients that share the project id.
 * @throws {Problem} `invalid_client`.
 */
export function authenticateClient(
  runtime: Runtime,
  kind: ClientKind,
  credentials: PresentedCredentials,
  applicationId: string | undefined,
): AuthenticatedClient {
  const { method } = credentials
  for (const { clientId, secret } of credentials.pairs) {
    const app = findClient(runtime, kind, { clientId: canonicalClientId(runtime, kind, clientId), applicationId })
    if (!app) continue
    if (secret === undefined) {
      if (app.clientType === 'confidential') throw invalidClient(method, 'this client must authenticate')
      return { app, authenticated: false }
    }
    if (app.clientType === 'public') throw invalidClient(method, 'this client is public and has no secret')
    if (hasSecret(runtime, app, secret)) return { app, authenticated: true }
    const accessKey = app.clientType === 'project' ? findAccessKey(runtime, clientId, secret) : undefined
    if (accessKey) return { app, authenticated: true, accessKey }
  }
  throw invalidClient(method, 'client id or secret is not right')
}

function hasSecret({ clock }: Runtime, app: ClientApp, secret: string): boolean {
  if (app.kind === 'oidc') return app.secrets.includes(secret)
  return app.secrets.some((one) => one.cleartext === secret && isGoodSecret(one, epochSeconds(clock)))
}

/** Base64 of `<project id>:<key id>` means the project; which key it is, the secret has to show. */
function canonicalClientId(runtime: Runtime, kind: ClientKind, clientId: string): string {
  return kind === 'oidc' && runtime.accessKeys.list().some((key) => key.clientId === clientId)
    ? runtime.project.id
    : clientId
}

/** An active, unexpired key with this cleartext; a key's own client id must be that of the same key. */
export function findAccessKey(runtime: Runtime, clientId: string, secret: string): AccessKey | undefined {
  const now = runtime.clock.now() / 1000
  return runtime.accessKeys
    .list()
    .find(
      (key) =>
        key.secret === secret &&
        key.status === 'active' &&
        (key.expireTime === 0 || key.expireTime > now) &&
        (clientId === runtime.project.id || clientId === key.clientId),
    )
}
