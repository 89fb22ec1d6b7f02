/** Management of OIDC applications (IDP-SPEC 5.6). */
import { createOidcAppControl } from '../app-control.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import { connectionOf } from '../model/connection.ts'
import { type OidcApp, type OidcAppConfig, oidcAppShape } from '../model/oidc-app.ts'
import type { Runtime } from '../runtime.ts'
import type { Fields } from './fields.ts'
import { getOperation, postOperation } from './operation.ts'

const both = (path: string): readonly string[] => [`/v1/mgmt/sso/idp/${path}`, `/v2/mgmt/sso/idp/${path}`]

/** Operations on OIDC applications and their secrets. */
export const oidcAppOperations: readonly Endpoint[] = [
  postOperation(both('app/oidc/create'), ({ runtime, input, notes }) => {
    const id = input.text('id')
    const clientId = input.text('clientId')
    const app = runtime.oidcApps.create({
      ...toConfig(input, notes),
      name: input.required('name'),
      ...(id !== undefined && { id }),
      ...(clientId !== undefined && { clientId }),
    })
    return { id: app.id }
  }),
  postOperation(both('app/oidc/update'), ({ runtime, input, notes }) => {
    const app = appOf(runtime, input.required('id'))
    const absent = Object.fromEntries(writableFields.map((field) => [field, undefined]))
    const { clientType = app.clientType, ...changes } = toConfig(input, notes)
    runtime.oidcApps.update(app.id, { ...absent, ...changes, clientType, name: input.required('name') })
    return { id: app.id }
  }),
  getOperation(both('app/load'), ({ runtime, input }) => view(runtime, appOf(runtime, input.required('id')))),
  getOperation(both('apps/load'), ({ runtime }) => ({
    apps: runtime.oidcApps.list().map((app) => view(runtime, app)),
  })),
  postOperation(['/v1/mgmt/sso/idp/app/delete'], ({ runtime, input }) => {
    runtime.oidcApps.delete(appOf(runtime, input.required('id')).id)
    return {}
  }),
  getOperation(['/v1/mgmt/sso/idp/app/secret'], ({ runtime, input }) => ({
    cleartext: createOidcAppControl(runtime).secret(appOf(runtime, input.required('id')).id),
  })),
  postOperation(['/v1/mgmt/sso/idp/app/rotate'], ({ runtime, input }) => ({
    cleartext: createOidcAppControl(runtime).rotate(appOf(runtime, input.required('id')).id),
  })),
]

const writableFields = [
  'name',
  'description',
  'status',
  'type',
  'clientType',
  'redirectUris',
  'loginPageUrl',
  'audienceWhitelist',
  'defaultAudience',
  'claims',
  'forcePkce',
  'forceAuthentication',
  'authorizationCodeDisabled',
  'clientCredentialsDisabled',
  'refreshTokenDisabled',
  'jwtBearerSettings',
] as const satisfies readonly (keyof OidcAppConfig)[]

function toConfig(input: Fields, notes: string[]): Partial<OidcAppConfig> {
  const known = new Set<string>([...writableFields, 'id', 'clientId'])
  const ignored = Object.keys(input.all).filter((name) => !known.has(name))
  if (ignored.length > 0) notes.push(`without effect: ${ignored.join(', ')}`)
  const config: Partial<OidcAppConfig> = Object.fromEntries(
    writableFields.flatMap((name): [string, unknown][] => {
      const value = Object.hasOwn(input.all, name) ? input.all[name] : undefined
      return value === undefined || value === null ? [] : [[name, value]]
    }),
  )
  oidcAppShape({ name: 'unchanged', ...config }, 'app')
  return config
}

function appOf(runtime: Runtime, id: string): OidcApp {
  const app = runtime.oidcApps.list().find((one) => one.id === id)
  if (!app) throw serviceProblem(400, 'E011004', 'id names no OIDC application')
  return app
}

/** The application as the wire shows it: flat, with its connection, without its secrets. */
function view({ project }: Runtime, app: OidcApp): Record<string, unknown> {
  const { kind: _, connection: __, secrets: ___, ...fields } = app
  return { ...fields, ...connectionOf(project, app) }
}
