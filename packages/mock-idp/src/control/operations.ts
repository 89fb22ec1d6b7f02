/** The operations of the control surface (IDP-SPEC 2.17): what a test in another process can do with a mock. */
import type { Directory } from '../directory.ts'
import type { FaultName } from '../faults/catalogue.ts'
import type { FaultCount, FaultScope } from '../faults/fault-switch.ts'
import type { MockIdp } from '../mock-idp.ts'
import type { MockSnapshot } from '../snapshot.ts'

/** A control request: path parameters in their order, and the fields of the JSON body. */
export interface ControlInput {
  readonly path: readonly string[]
  readonly body: Readonly<Record<string, unknown>>
}

/** One operation. Its path has `*` for parameters. It throws a `TypeError` for what does not fit. */
export interface ControlOperation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly run: (input: ControlInput) => unknown
}

/** All operations on one mock. They go through its public interface alone. */
export function controlOperations(idp: MockIdp): readonly ControlOperation[] {
  return [
    ...stateOperations(idp),
    ...directoryOperations('users', idp.users),
    ...directoryOperations('oidc-apps', idp.oidcApps),
    ...directoryOperations('inbound-apps', idp.inboundApps),
    ...directoryOperations('access-keys', idp.accessKeys),
    ...directoryOperations('clients', idp.clients),
    ...(['tenants', 'roles', 'permissions'] as const).flatMap((name): ControlOperation[] => [
      { method: 'GET', path: name, run: () => idp[name].list() },
      { method: 'POST', path: name, run: ({ body }) => idp[name].create(body as never) },
    ]),
    ...directoryOperations('connectors', idp.connectors),
    ...flowOperations(idp),
    ...sessionOperations(idp),
    ...faultOperations(idp),
  ]
}

function directoryOperations<Entry, Config>(name: string, directory: Directory<Entry, Config>): ControlOperation[] {
  return [
    { method: 'GET', path: name, run: () => directory.list() },
    { method: 'GET', path: `${name}/*`, run: ({ path: [id = ''] }) => found(directory.get(id), id) },
    // What a body may hold is checked when the entry is built, as for callers in process.
    { method: 'POST', path: name, run: ({ body }) => directory.create(body as Config) },
    {
      method: 'PATCH',
      path: `${name}/*`,
      run: ({ path: [id = ''], body }) => directory.update(id, body as Partial<Config>),
    },
    { method: 'DELETE', path: `${name}/*`, run: ({ path: [id = ''] }) => ({ deleted: directory.delete(id) }) },
  ]
}

function stateOperations(idp: MockIdp): ControlOperation[] {
  const snapshots = new Map<string, MockSnapshot>()
  return [
    {
      method: 'GET',
      path: '',
      run: () => ({ projectId: idp.projectId, issuer: idp.issuer, inboundIssuer: idp.inboundIssuer }),
    },
    { method: 'GET', path: 'clock', run: () => ({ now: idp.clock.now() }) },
    {
      method: 'POST',
      path: 'clock',
      run({ body }) {
        if (body.set !== undefined) idp.clock.set(wholeNumber(body, 'set'))
        if (body.advanceSeconds !== undefined) idp.clock.advance(wholeNumber(body, 'advanceSeconds'))
        return { now: idp.clock.now() }
      },
    },
    { method: 'GET', path: 'log', run: () => idp.log.entries },
    { method: 'DELETE', path: 'log', run: () => done(() => idp.log.clear()) },
    { method: 'GET', path: 'audit', run: () => idp.audit.entries },
    { method: 'DELETE', path: 'audit', run: () => done(() => idp.audit.clear()) },
    { method: 'GET', path: 'keys', run: () => ({ kid: idp.keys.kid, published: idp.keys.published }) },
    {
      method: 'POST',
      path: 'keys/rotate',
      run: ({ body }) => ({
        kid: idp.keys.rotate(body.keep === undefined ? {} : { keep: wholeNumber(body, 'keep') }),
      }),
    },
    { method: 'DELETE', path: 'keys/*', run: ({ path: [kid = ''] }) => done(() => idp.keys.drop(kid)) },
    {
      method: 'POST',
      path: 'snapshots',
      run() {
        const id = `snapshot-${snapshots.size + 1}`
        snapshots.set(id, idp.snapshot())
        return { id }
      },
    },
    {
      method: 'POST',
      path: 'snapshots/*/restore',
      run: ({ path: [id = ''] }) => done(() => found(snapshots.get(id), id).restore()),
    },
    { method: 'POST', path: 'reset', run: () => done(() => idp.reset()) },
  ]
}

function sessionOperations(idp: MockIdp): ControlOperation[] {
  return [
    { method: 'GET', path: 'sessions', run: () => idp.sessions.list() },
    {
      method: 'POST',
      path: 'sessions',
      run: ({ body }) => idp.sessions.create(textOf(body, 'user'), { stepUp: body.stepUp === true }),
    },
    { method: 'DELETE', path: 'sessions/*', run: ({ path: [id = ''] }) => ({ ended: idp.sessions.end(id) }) },
    { method: 'GET', path: 'logouts', run: () => idp.logouts.settled() },
    {
      method: 'POST',
      path: 'logouts/front-channel',
      run: ({ body }) => idp.logouts.frontChannel(textOf(body, 'name')),
    },
    { method: 'GET', path: 'consents', run: () => idp.consents.search() },
    { method: 'POST', path: 'consents', run: ({ body }) => idp.consents.create(body as never) },
    {
      method: 'DELETE',
      path: 'consents/*',
      run: ({ path: [id = ''] }) => ({ deleted: idp.consents.delete({ consentIds: [id] }) }),
    },
    {
      method: 'POST',
      path: 'driver/login',
      async run({ body }) {
        const url = new URL(textOf(body, 'authorizeUrl'))
        const password = body.password === undefined ? {} : { password: textOf(body, 'password') }
        idp.driver.clearCookies()
        const callback = await idp.driver.login(url, { user: textOf(body, 'user'), ...password })
        return { callback: callback.href }
      },
    },
    {
      method: 'POST',
      path: 'tokens/access',
      run: async ({ body }) => ({ accessToken: await idp.tokens.accessToken(body) }),
    },
    {
      method: 'POST',
      path: 'tokens/logout',
      run: async ({ body }) => ({ logoutToken: await idp.tokens.logoutToken(body) }),
    },
  ]
}

function flowOperations(idp: MockIdp): ControlOperation[] {
  return [
    { method: 'GET', path: 'flows', run: () => idp.flows.list() },
    { method: 'POST', path: 'flows', run: ({ body }) => idp.flows.put(body as never) },
    {
      method: 'POST',
      path: 'flows/*/run',
      async run({ path: [id = ''], body }) {
        const { value: _, ...result } = await idp.flows.run(id, body)
        return result
      },
    },
    {
      method: 'GET',
      path: 'executions',
      run: () => idp.flows.executions(),
    },
    { method: 'GET', path: 'executions/*/log', run: ({ path: [id = ''] }) => found(idp.flows.logs(id), id) },
    { method: 'GET', path: 'outbox', run: () => idp.outbox.list() },
    { method: 'DELETE', path: 'outbox', run: () => done(() => idp.outbox.clear()) },
  ]
}

function faultOperations(idp: MockIdp): ControlOperation[] {
  return [
    { method: 'GET', path: 'faults', run: () => ({ faults: idp.faults.list(), armed: idp.faults.armed() }) },
    {
      method: 'POST',
      path: 'faults',
      run({ body }) {
        const name = textOf(body, 'name') as FaultName
        const { options = {}, always, name: _, ...count } = body
        if (always !== undefined && typeof always !== 'boolean') throw new TypeError('always: expected true or false')
        if (always) idp.faults.always(name, options as never, count as FaultScope)
        else idp.faults.next(name, options as never, count as FaultCount)
        return {}
      },
    },
    { method: 'DELETE', path: 'faults', run: () => done(() => idp.faults.clear()) },
    {
      method: 'DELETE',
      path: 'faults/*',
      run: ({ path: [name = ''] }) => done(() => idp.faults.clear(name as FaultName)),
    },
  ]
}

/** Runs what has nothing to tell. */
function done(act: () => void): Record<string, never> {
  act()
  return {}
}

function found<Entry>(entry: Entry | undefined, name: string): Entry {
  if (entry === undefined) throw new TypeError(`${JSON.stringify(name)} is unknown`)
  return entry
}

function textOf(body: ControlInput['body'], name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw new TypeError(`${name}: expected text`)
  return value
}

function wholeNumber(body: ControlInput['body'], name: string): number {
  const value = body[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new TypeError(`${name}: expected a whole number`)
  return value
}
