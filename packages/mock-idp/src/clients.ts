import type { InboundApp } from './model/inbound-app.ts'
import type { OidcApp } from './model/oidc-app.ts'
import type { Runtime } from './runtime.ts'
import type { StandardClient } from './standard/client.ts'

/** An application of either family; `kind` tells them apart. */
export type ClientApp = OidcApp | InboundApp

/** The two endpoint families (IDP-SPEC 2.1). */
export type ClientKind = ClientApp['kind']

/**
 * Finds the application that a request of one family means.
 *
 * @param options.clientId - `client_id` of the request.
 * @param options.applicationId - Named application from the path or from `ssoAppId`; OIDC only.
 * @returns `undefined` when there is none, when it is disabled, or when client and application do not belong together.
 */
export function findClient(
  runtime: Runtime,
  kind: ClientKind,
  options: { readonly clientId: string; readonly applicationId?: string | undefined },
): ClientApp | undefined {
  const app = kind === 'inbound' ? runtime.inboundApps.get(options.clientId) : findOidcApp(runtime, options)
  return app?.status === 'active' && app.clientId === options.clientId ? app : undefined
}

function findOidcApp(
  runtime: Runtime,
  options: { readonly clientId: string; readonly applicationId?: string | undefined },
): OidcApp | undefined {
  const { clientId, applicationId } = options
  if (applicationId !== undefined && applicationId !== '') return runtime.oidcApps.get(applicationId)
  return clientId === runtime.project.id ? runtime.defaultApp : runtime.oidcApps.get(clientId)
}

/** The application as it is now: settings may have changed, or it may be gone, since a record was made. */
export function currentApp(runtime: Runtime, app: ClientApp): ClientApp | undefined {
  if (app.kind === 'inbound') return runtime.inboundApps.get(app.id)
  return app.id === '' ? runtime.defaultApp : runtime.oidcApps.get(app.id)
}

/** A lifetime of an inbound application's own, in seconds; `undefined` where the project's counts. */
export function ownLifetime(
  app: ClientApp | StandardClient,
  name: 'sessionTokenExpiration' | 'refreshTokenExpiration' | 'keySessionTokenExpiration',
): number | undefined {
  if (app.kind !== 'inbound' || app.sessionSettings.enabled === false) return undefined
  return app.sessionSettings[name]
}

/** True when two applications are the same one, whatever their settings. */
export function sameApp(one: ClientApp, other: ClientApp): boolean {
  return one.kind === other.kind && one.id === other.id
}
