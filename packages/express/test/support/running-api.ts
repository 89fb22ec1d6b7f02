/** A real Express app on a free port, whose guard gets its keys from a mock IdP in the same process. */
import { request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AccessTokenVerifierOptions } from '@countersign/core/api'
import { createMockIdp, demoProject, type MockIdp } from '@countersign/mock-idp'
import express, { type Express } from 'express'
import { onTestFinished } from 'vitest'

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Record<string, unknown>
}

export interface CallOptions {
  readonly method?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface RunningApi {
  readonly url: string
  call(path: string, options?: CallOptions): Promise<Answer>
  /** Sends header lines exactly as given, repeated ones too. */
  callRaw(path: string, headerLines: readonly string[]): Promise<number>
}

/** A mock with the demo project, and verifier options for tokens of its inbound apps. */
export function createIdp(): { idp: MockIdp; verifierOptions: AccessTokenVerifierOptions; requests: string[] } {
  const idp = createMockIdp({ deterministic: {} })
  const requests: string[] = []
  return {
    idp,
    requests,
    verifierOptions: {
      issuer: idp.inboundIssuer,
      audience: idp.projectId,
      clock: idp.clock,
      fetch: (url, init) => {
        requests.push(new URL(url).pathname.replace(/.*\//, ''))
        return idp.fetch(new Request(url, init))
      },
    },
  }
}

/** A token of the demo agent, or of a user who uses the demo single-page app. */
export function orderToken(idp: MockIdp, request: Parameters<MockIdp['tokens']['accessToken']>[0] = {}) {
  return idp.tokens.accessToken({ client: demoProject.agent.clientId, scope: 'contacts.read', ...request })
}

/** Starts an app that `mount` fills; it stops with the test. */
export async function startApi(mount: (app: Express) => void, app: Express = express()): Promise<RunningApi> {
  mount(app)
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(0, '127.0.0.1', (error?: Error) => (error ? reject(error) : resolve(listening)))
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async call(path, { method = 'GET', token, headers = {}, body } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { body }),
      })
      const text = await response.text()
      const json = /^\s*[[{]/.test(text) ? JSON.parse(text) : {}
      return { status: response.status, headers: response.headers, text, json }
    },
    callRaw: (path, headerLines) =>
      new Promise((resolve, reject) => {
        const outgoing = httpRequest(
          `${url}${path}`,
          { headers: ['host', '127.0.0.1', ...headerLines] },
          (incoming) => {
            incoming.resume()
            incoming.on('end', () => resolve(incoming.statusCode ?? 0))
          },
        )
        outgoing.on('error', reject)
        outgoing.end()
      }),
  }
}
