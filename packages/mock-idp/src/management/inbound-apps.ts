/** Management of inbound applications (IDP-SPEC 5.6). */
import { createInboundAppControl, secretMeta } from '../app-control.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import { connectionOf } from '../model/connection.ts'
import type { InboundApp } from '../model/inbound-app.ts'
import type { Runtime } from '../runtime.ts'
import { type Fields, pageOf } from './fields.ts'
import { toInboundConfig, writableFields } from './inbound-app-fields.ts'
import { getOperation, postOperation } from './operation.ts'

const both = (path: string): readonly string[] => [`/v1/mgmt/thirdparty/${path}`, `/v2/mgmt/thirdparty/${path}`]

/** Operations on inbound applications and their secrets. */
export const inboundAppOperations: readonly Endpoint[] = [
  postOperation(both('app/create'), ({ runtime, input, notes }) => {
    const control = createInboundAppControl(runtime)
    const id = input.text('id')
    const app = control.create({
      ...toInboundConfig(input, notes),
      name: input.required('name'),
      ...(id !== undefined && { id }),
      ...creationOnly(input),
    })
    return {
      id: app.id,
      clientId: app.clientId,
      ...(app.clientType === 'confidential' && { cleartext: control.secret(app.id) }),
    }
  }),
  postOperation(both('app/update'), ({ runtime, input, notes }) => {
    const app = appOf(runtime, input.required('id'))
    const { name, ...changes } = toInboundConfig(input, notes)
    const absent = Object.fromEntries(writableFields.map((field) => [field, undefined]))
    runtime.inboundApps.update(app.id, { ...absent, ...changes, name: input.required('name') })
    return {}
  }),
  postOperation(both('app/patch'), ({ runtime, input, notes }) => {
    const app = appOf(runtime, input.required('id'))
    runtime.inboundApps.update(app.id, toInboundConfig(input, notes))
    return {}
  }),
  postOperation(['/v1/mgmt/thirdparty/app/delete'], ({ runtime, input }) => {
    createInboundAppControl(runtime).delete(appOf(runtime, input.required('id')).id)
    return {}
  }),
  postOperation(['/v1/mgmt/thirdparty/app/delete/batch'], ({ runtime, input }) => {
    const ids = input.texts('ids') ?? []
    if (ids.length === 0) throw serviceProblem(400, 'E011002', 'ids is missing')
    // All or nothing: an unknown id leaves the others where they are.
    const apps = ids.map((id) => appOf(runtime, id))
    for (const app of apps) createInboundAppControl(runtime).delete(app.id)
    return {}
  }),
  getOperation(both('app/load'), ({ runtime, input }) => {
    const clientId = input.text('clientId')
    if (clientId === undefined) return view(runtime, appOf(runtime, input.required('id')))
    const app = runtime.inboundApps.list().find((one) => one.clientId === clientId)
    if (!app) throw serviceProblem(400, 'E011004', 'clientId names no inbound application')
    return view(runtime, app)
  }),
  getOperation(both('apps/load'), ({ runtime, input }) => {
    const apps = runtime.inboundApps.list()
    return { apps: pageOf(apps, input).map((app) => view(runtime, app)), total: apps.length }
  }),
  getOperation(['/v1/mgmt/thirdparty/app/secret'], ({ runtime, input }) => ({
    cleartext: createInboundAppControl(runtime).secret(
      appOf(runtime, input.required('id')).id,
      input.text('secretName'),
    ),
  })),
  postOperation(['/v1/mgmt/thirdparty/app/rotate'], ({ runtime, input }) => ({
    cleartext: createInboundAppControl(runtime).rotate(appOf(runtime, input.required('id')).id),
  })),
  postOperation(['/v1/mgmt/thirdparty/app/secret/add'], ({ runtime, input }) =>
    createInboundAppControl(runtime).addSecret(appOf(runtime, input.required('id')).id, {
      name: input.required('name'),
      expireTime: input.whole('expireTime') ?? 0,
    }),
  ),
  postOperation(['/v1/mgmt/thirdparty/app/secret/revoke'], ({ runtime, input }) => ({
    secrets: createInboundAppControl(runtime).revokeSecret(
      appOf(runtime, input.required('id')).id,
      input.required('name'),
    ),
  })),
]

/** What is chosen at creation and never changed. */
function creationOnly(input: Fields): { clientId?: string; clientType?: 'public' | 'confidential' } {
  const clientId = input.text('clientId')
  const clientType = input.text('clientType') ?? (input.flag('nonConfidentialClient') ? 'public' : undefined)
  if (clientType !== undefined && clientType !== 'public' && clientType !== 'confidential') {
    throw serviceProblem(400, 'E011003', 'clientType must be public or confidential')
  }
  return { ...(clientId !== undefined && { clientId }), ...(clientType !== undefined && { clientType }) }
}

function appOf(runtime: Runtime, id: string): InboundApp {
  const app = runtime.inboundApps.list().find((one) => one.id === id)
  if (!app) throw serviceProblem(400, 'E011004', 'id names no inbound application')
  return app
}

/** The application as the wire shows it: flat, with its connection, and of its secrets everything but the text. */
function view({ project }: Runtime, app: InboundApp): Record<string, unknown> {
  const { kind: _, connection: __, unmodelled, secrets, ...fields } = app
  return { ...unmodelled, ...fields, secrets: secrets.map(secretMeta), ...connectionOf(project, app) }
}
