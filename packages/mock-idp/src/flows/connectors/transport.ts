/** Where the requests of connectors go: to stubs, or to hosts that were opened one by one (IDP-SPEC 4.5). */
import type { MockClock } from '../../clock.ts'
import { FlowError } from '../flow-error.ts'
import type { Connector } from './connector.ts'
import { insecureFetch } from './insecure-fetch.ts'

/** What a stub can do beside answering. */
export interface StubControls {
  /**
   * Lets time pass on the clock of the mock. Over the timeout of the node the call ends with `ConnectorTimeout`, without
   * anybody waiting.
   */
  elapse(seconds: number): void
}

/** Answers the requests of a connector in place of its service; a value that is no `Response` is sent as JSON. */
export type ConnectorStub = (request: Request, controls: StubControls) => unknown

/** Answers the requests of connectors of one type that is not `http`. */
export type ConnectorHandler =
  | ConnectorStub
  | {
      /** Answers requests, as a stub does. */
      readonly answer: ConnectorStub
      /** Test calls are answered as well. Default false: they say that the type supports none. */
      readonly testable?: boolean
    }

/** Sends requests of connectors. */
export interface ConnectorTransport {
  send(connector: Connector, request: Request, timeoutSeconds: number): Promise<Response>
}

/**
 * Creates the transport of one mock.
 *
 * @param options.stubOf - The stub or handler of a connector, if there is one.
 * @param options.allowNetwork - Hosts (`api.example`, or with a port `127.0.0.1:8080`) that may really be called.
 */
export function createTransport(options: {
  readonly clock: MockClock
  readonly stubOf: (connector: Connector) => ConnectorStub | undefined
  readonly allowNetwork: readonly string[]
}): ConnectorTransport {
  const { clock, stubOf, allowNetwork } = options
  return {
    async send(connector, request, timeoutSeconds) {
      const stub = stubOf(connector)
      if (stub) {
        const elapse = (seconds: number): void => {
          clock.advance(seconds)
          if (seconds <= timeoutSeconds) return
          throw new FlowError('ConnectorTimeout', `no answer within ${timeoutSeconds} seconds`)
        }
        const answer = await stub(request, { elapse })
        return answer instanceof Response ? answer : Response.json(answer ?? {})
      }
      const { host, hostname } = new URL(request.url)
      if (!allowNetwork.includes(host) && !allowNetwork.includes(hostname)) {
        throw new FlowError(
          'ConnectorNetwork',
          `the network is off: register a stub for ${connector.id}, or list ${host} in config.flowSettings.allowNetwork`,
        )
      }
      return connector.insecure && request.url.startsWith('https:') ? insecureFetch(request) : fetch(request)
    },
  }
}
