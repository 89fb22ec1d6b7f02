/** The connectors of a project, as tests see them (IDP-SPEC S-004, S-012). */
import type { MockClock } from '../../clock.ts'
import { createDirectory, type Directory, type ResettableDirectory } from '../../directory.ts'
import type { Restorable } from '../../snapshot.ts'
import { FlowError } from '../flow-error.ts'
import { hasPlaceholder } from '../template.ts'
import { type ConnectorCall, prepareCall, type ReceivedResponse, type SentRequest, sendCall } from './call.ts'
import { buildConnector, type Connector, type ConnectorConfig } from './connector.ts'
import { type ConnectorHandler, type ConnectorStub, type ConnectorTransport, createTransport } from './transport.ts'
import { isRelativeEndpoint } from './url.ts'

/** A test call: the rest of the URL, and what goes with it. */
export interface ConnectorTest {
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Rest of the URL, such as `/users`. Default none. */
  readonly endpoint?: string
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** JSON body. */
  readonly body?: unknown
  /** 1 to 60 seconds. Default 10. */
  readonly timeoutSeconds?: number
}

/** What a test call came to. */
export type ConnectorTestResult =
  | { readonly supported: false }
  | {
      readonly supported: true
      readonly ok: true
      readonly request: SentRequest
      readonly response: ReceivedResponse
    }
  | {
      readonly supported: true
      readonly ok: false
      readonly request?: SentRequest
      readonly error: { readonly code: string; readonly message: string; readonly status?: number }
    }

/** Connectors, found by id: settings, stubs and test calls. */
export interface MockConnectors extends Directory<Connector, ConnectorConfig> {
  /** Answers the requests of a connector in place of its service. Throws a `TypeError` for an unknown connector. */
  stub(connectorId: string, answer: ConnectorStub): void
  /**
   * Calls a connector outside of any flow, by the same rules. Connectors that are not `http` answer
   * `{ supported: false }`, unless their handler is `testable`.
   */
  test(connectorId: string, call: ConnectorTest): Promise<ConnectorTestResult>
}

/** The connectors of one mock. */
export interface ConnectorRegistry extends MockConnectors, Restorable {
  readonly transport: ConnectorTransport
  reset(): void
}

/**
 * Creates the registry.
 *
 * @param options.initial - Connectors at the start.
 * @param options.handlers - Handlers of types that are not `http`.
 * @param options.fixtures - Stubs at the start, by connector id.
 */
export function createConnectors(options: {
  readonly initial: readonly ConnectorConfig[]
  readonly handlers: Readonly<Record<string, ConnectorHandler>>
  readonly fixtures: Readonly<Record<string, ConnectorStub>>
  readonly clock: MockClock
  readonly allowNetwork: readonly string[]
}): ConnectorRegistry {
  const { initial, handlers, fixtures, clock, allowNetwork } = options
  const stubs = new Map(Object.entries(fixtures))
  const directory: ResettableDirectory<Connector, ConnectorConfig> = createDirectory({
    what: 'connector',
    initial,
    build: (given: ConnectorConfig, path) => buildConnector(given, path, Object.keys(handlers)),
    namesOf: (connector) => [connector.id, ...(connector.name === connector.id ? [] : [connector.name])],
    keep: () => ({}),
  })
  const handlerOf = ({ type }: Connector): Exclude<ConnectorHandler, ConnectorStub> | undefined => {
    const handler = Object.hasOwn(handlers, type) ? handlers[type] : undefined
    return typeof handler === 'function' ? { answer: handler } : handler
  }
  const stubOf = (connector: Connector): ConnectorStub | undefined =>
    stubs.get(connector.id) ?? handlerOf(connector)?.answer
  const transport = createTransport({ clock, allowNetwork, stubOf })
  const known = (id: string): Connector => {
    const connector = directory.get(id)
    if (connector) return connector
    const names = directory.list().map((one) => one.id)
    throw new TypeError(`connector: ${JSON.stringify(id)} is unknown; there is ${names.join(', ') || 'none'}`)
  }
  return {
    create: directory.create,
    get: directory.get,
    update: directory.update,
    delete: directory.delete,
    list: directory.list,
    transport,
    stub(connectorId, answer) {
      stubs.set(known(connectorId).id, answer)
    },
    async test(connectorId, call) {
      const connector = known(connectorId)
      const isTestable = connector.type === 'http' || handlerOf(connector)?.testable === true
      return isTestable ? testCall(connector, call, transport) : { supported: false }
    },
    reset() {
      directory.reset()
      stubs.clear()
      for (const [id, stub] of Object.entries(fixtures)) stubs.set(id, stub)
    },
    save() {
      const back = directory.save()
      const kept = [...stubs]
      return () => {
        back()
        stubs.clear()
        for (const [id, stub] of kept) stubs.set(id, stub)
      }
    },
  }
}

async function testCall(
  connector: Connector,
  { method = 'GET', endpoint = '', headers = {}, body, timeoutSeconds }: ConnectorTest,
  transport: ConnectorTransport,
): Promise<ConnectorTestResult> {
  let request: SentRequest | undefined
  try {
    if (!isRelativeEndpoint(endpoint)) throw new FlowError('ENDPOINT_NOT_RELATIVE', 'the endpoint is not relative')
    if (hasPlaceholder(JSON.stringify([endpoint, headers, body ?? null]))) {
      throw new FlowError('PLACEHOLDER', 'a test call has no flow behind it, so placeholders cannot be filled in')
    }
    const call: ConnectorCall = { method, endpoint, headers, ...(body !== undefined && { body }) }
    request = await prepareCall(connector, call, transport)
    return {
      supported: true,
      ok: true,
      request,
      response: await sendCall(connector, request, transport, timeoutSeconds),
    }
  } catch (error) {
    if (!(error instanceof FlowError)) throw error
    const { code, message, details } = error
    const status = typeof details.status === 'number' ? { status: details.status } : {}
    return { supported: true, ok: false, ...(request && { request }), error: { code, message, ...status } }
  }
}
