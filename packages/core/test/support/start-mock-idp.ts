import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { FaultName, MockIdpConfig } from '@countersign/mock-idp'
import type { TestProject } from 'vitest/node'
// By its path: the runner loads a global set-up without the source condition, and packages may not be built.
import { type RunningMockIdp, startMockIdp } from '../../../mock-idp/src/node.ts'
import { type ApiAnswer, createScriptedApis } from './scripted-api.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the server that starts and steers mock IdPs for browser tests. */
    readonly idpControl: string
  }
}

/** What a browser test can ask for; all but `start` and those of APIs name the mock by its address. */
export type IdpCommand =
  | { readonly command: 'createApi'; readonly answers: readonly ApiAnswer[] }
  | { readonly command: 'apiRequests'; readonly path: string }
  | { readonly command: 'start'; readonly hostname: 'localhost' | '127.0.0.1'; readonly config: MockIdpConfig }
  | { readonly command: 'stop'; readonly url: string }
  | { readonly command: 'walkLogin'; readonly url: string; readonly authorizeUrl: string; readonly user: string }
  | { readonly command: 'signIn'; readonly url: string; readonly user: string }
  | { readonly command: 'endSessions'; readonly url: string }
  | {
      readonly command: 'break'
      readonly url: string
      readonly fault: FaultName
      readonly options: Readonly<Record<string, unknown>> | undefined
      readonly always: boolean
    }
  | { readonly command: 'mend'; readonly url: string }
  | { readonly command: 'advance'; readonly url: string; readonly seconds: number }
  | { readonly command: 'journal'; readonly url: string }

const apis = createScriptedApis()
const running = new Map<string, RunningMockIdp>()

async function obey(order: IdpCommand): Promise<unknown> {
  if (order.command === 'start') {
    const server = await startMockIdp({ hostname: order.hostname, ...order.config })
    running.set(server.url, server)
    return { url: server.url, issuer: server.idp.issuer, now: server.idp.clock.now() }
  }
  if (order.command === 'createApi') return apis.create(order.answers)
  if (order.command === 'apiRequests') return apis.requests(order.path)
  const server = running.get(order.url)
  if (!server) throw new Error(`no mock IdP runs at ${order.url}`)
  const { idp } = server
  switch (order.command) {
    case 'stop':
      running.delete(order.url)
      return server.close()
    case 'walkLogin':
      return (await idp.driver.login(order.authorizeUrl, { user: order.user })).href
    case 'signIn':
      return (await idp.sessions.create(order.user)).cookie
    case 'endSessions':
      return idp.sessions.list().map(({ id }) => idp.sessions.end(id))
    case 'break':
      return (order.always ? idp.faults.always : idp.faults.next)(order.fault, order.options as never)
    case 'mend':
      return idp.faults.clear()
    case 'advance':
      return idp.clock.advance(order.seconds)
    case 'journal':
      return idp.log.entries
  }
}

/** Starts the control server for the browser tests, and stops it and every mock afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = createServer(async (request: IncomingMessage, response) => {
    response.setHeader('access-control-allow-origin', '*')
    try {
      if (await apis.answer(request, response)) return
      const result = await obey((await json(request)) as IdpCommand)
      response.end(JSON.stringify({ result }))
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ error: String(error) }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  project.provide('idpControl', `http://localhost:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.closeAllConnections()
    server.close()
    await Promise.all([...running.values()].map((mock) => mock.close()))
  }
}
