import { endApplication } from './consent/deletion.ts'
import type { Directory } from './directory.ts'
import type { ClientSecret } from './model/client-secret.ts'
import { type Connection, connectionOf } from './model/connection.ts'
import type { InboundApp, InboundAppConfig } from './model/inbound-app.ts'
import type { OidcApp, OidcAppConfig } from './model/oidc-app.ts'
import type { Runtime } from './runtime.ts'

/** A client secret without its text. */
export type ClientSecretMeta = Omit<ClientSecret, 'cleartext'>

/** Inbound applications, found by application id or client id. */
export interface MockInboundApps extends Directory<InboundApp, InboundAppConfig> {
  /** Removes an application; its consents, codes and tokens go with it. False when it was not there. */
  delete(name: string): boolean
  /** Client id, issuer and endpoints of an application. Throws a `TypeError` when it is unknown. */
  connection(name: string): Connection
  /** A secret in clear: the named one, else the first that is active. Throws a `TypeError` when there is none. */
  secret(name: string, secretName?: string): string
  /** Replaces the first active secret by a new one; the old one fails from the next request on. */
  rotate(name: string): string
  /**
   * Adds a secret beside the others.
   *
   * @param secret.expireTime - End of validity in seconds since the epoch; 0 means never. Default 0.
   * @throws {TypeError} For a public application, or when an active secret has the name.
   */
  addSecret(
    name: string,
    secret: { readonly name: string; readonly expireTime?: number },
  ): { readonly meta: ClientSecretMeta; readonly cleartext: string }
  /** Revokes an active secret by its name, and lists those that remain. Throws a `TypeError` when there is none. */
  revokeSecret(name: string, secretName: string): readonly ClientSecretMeta[]
}

/** Named OIDC applications, found by application id or client id. */
export interface MockOidcApps extends Directory<OidcApp, OidcAppConfig> {
  /** Client id, issuer and endpoints; of the default application without a name. Throws when it is unknown. */
  connection(name?: string): Connection
  /** The first secret in clear. Throws a `TypeError` unless the application is confidential. */
  secret(name: string): string
  /** Replaces all secrets by a new one; the old ones fail from the next request on. */
  rotate(name: string): string
}

/** A secret without its text. */
export function secretMeta({ cleartext: _, ...meta }: ClientSecret): ClientSecretMeta {
  return meta
}

/** Builds the control over inbound applications. */
export function createInboundAppControl(runtime: Runtime): MockInboundApps {
  const { inboundApps, random } = runtime
  const find = (name: string): InboundApp => {
    const app = inboundApps.get(name)
    if (!app) throw new TypeError(`inboundApp: ${JSON.stringify(name)} is unknown`)
    return app
  }
  const confidential = (name: string): InboundApp => {
    const app = find(name)
    if (app.clientType === 'public') throw new TypeError('inboundApp: a public application has no secrets')
    return app
  }
  const active = ({ secrets }: InboundApp): readonly ClientSecret[] =>
    secrets.filter(({ status }) => status === 'active')
  return {
    ...inboundApps,
    delete(name) {
      const app = inboundApps.get(name)
      if (app) endApplication(runtime, app.id)
      return inboundApps.delete(name)
    },
    connection: (name) => connectionOf(runtime.project, find(name)),
    secret(name, secretName) {
      const secret = active(confidential(name)).find((one) => secretName === undefined || one.name === secretName)
      if (!secret) throw new TypeError('inboundApp: there is no such active secret')
      return secret.cleartext
    },
    rotate(name) {
      const app = confidential(name)
      const old = active(app)[0]
      const cleartext = random.text(24)
      const fresh = { name: old?.name ?? 'default', cleartext }
      const secrets = old ? app.secrets.map((one) => (one === old ? fresh : one)) : [...app.secrets, fresh]
      inboundApps.update(app.id, { secrets })
      runtime.audit.add('secret-rotated', app.name, { clientId: app.clientId })
      return cleartext
    },
    addSecret(name, { name: secretName, expireTime = 0 }) {
      const app = confidential(name)
      const cleartext = random.text(24)
      const { secrets } = inboundApps.update(app.id, {
        secrets: [...app.secrets, { name: secretName, cleartext, expireTime }],
      })
      const added = secrets.find((one) => one.cleartext === cleartext)
      if (!added) throw new TypeError('inboundApp: the secret was not stored')
      runtime.audit.add('secret-added', app.name, { clientId: app.clientId })
      return { meta: secretMeta(added), cleartext }
    },
    revokeSecret(name, secretName) {
      const app = confidential(name)
      const secret = active(app).find((one) => one.name === secretName)
      if (!secret) throw new TypeError('inboundApp: there is no such active secret')
      const revoked = { ...secret, status: 'revoked' as const }
      const changed = inboundApps.update(app.id, {
        secrets: app.secrets.map((one) => (one === secret ? revoked : one)),
      })
      runtime.audit.add('secret-revoked', app.name, { clientId: app.clientId })
      return active(changed).map(secretMeta)
    },
  }
}

/** Builds the control over OIDC applications. */
export function createOidcAppControl(runtime: Runtime): MockOidcApps {
  const { oidcApps, random, project } = runtime
  const find = (name: string): OidcApp => {
    const app = oidcApps.get(name)
    if (!app) throw new TypeError(`oidcApp: ${JSON.stringify(name)} is unknown`)
    return app
  }
  const confidential = (name: string): OidcApp => {
    const app = find(name)
    if (app.clientType !== 'confidential') throw new TypeError('oidcApp: only a confidential application has secrets')
    return app
  }
  return {
    ...oidcApps,
    connection: (name) => connectionOf(project, name === undefined ? runtime.defaultApp : find(name)),
    secret(name) {
      const [secret] = confidential(name).secrets
      if (secret === undefined) throw new TypeError('oidcApp: there is no secret')
      return secret
    },
    rotate(name) {
      const secret = random.text(24)
      const app = oidcApps.update(confidential(name).id, { secrets: [secret] })
      runtime.audit.add('secret-rotated', app.name, { clientId: app.clientId })
      return secret
    },
  }
}
