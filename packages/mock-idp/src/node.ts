/** The mock as a real HTTP server on Node. */
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { checkConfig, type MockIdpConfig } from './config/config.ts'
import type { Console, createConsole } from './console/console.ts'
import { consolePath } from './console/visit.ts'
import { type Control, controlPrefix, createControl } from './control/control.ts'
import { DroppedConnection } from './faults/dropped-connection.ts'
import { textOf } from './http/answers.ts'
import { setPeer } from './http/peer.ts'
import { buildMockIdp, type MockIdp } from './mock-idp.ts'

/** Where the server listens. */
export interface ListenOptions {
  /** Port. Default 0, any free one. */
  readonly port?: number
  /** Host name or address, loopback only. Default `localhost`. */
  readonly hostname?: string
}

/** A mock behind a listening server. */
export interface RunningMockIdp {
  /** The mock itself: data, faults, clock, log. */
  readonly idp: MockIdp
  /** Address of the index page, without a slash at the end: the origin of the mock unless `origin` was configured. */
  readonly url: string
  /** Address of the console, where a person sees what is going on. */
  readonly consoleUrl: string
  /** Port that was taken. */
  readonly port: number
  /** Stops listening and ends every connection at once, idle and hanging ones too. */
  close(): Promise<void>
}

/**
 * Starts a mock on a real `node:http` server. Its origin follows the port unless `config.origin` is given.
 *
 * The server also has the control surface `/mock/v1/*` and the console `/mock/console`, which answer programs and
 * browsers of this machine alone.
 *
 * @param config - Options of `createMockIdp`, and where to listen.
 * @throws {TypeError} For options that do not fit, also for a host that is not loopback.
 * @throws {Error} When the port is taken; the message names it.
 */
export async function startMockIdp(config: MockIdpConfig & ListenOptions = {}): Promise<RunningMockIdp> {
  const { port: wantedPort = 0, hostname = 'localhost', ...idpConfig } = config
  checkConfig(idpConfig)
  if (!/^(localhost|127(\.\d{1,3}){3}|::1)$/.test(hostname)) {
    throw new TypeError(`config.hostname: expected a loopback host (localhost, 127.0.0.1, ::1), got ${hostname}`)
  }
  let idp: MockIdp | undefined
  let control: Control | undefined
  let loadConsole: (() => Promise<Console>) | undefined
  const answer = async (request: Request, env: HttpBindings): Promise<Response> => {
    try {
      if (!idp || !control || !loadConsole) return new Response(null, { status: 503 })
      const caller = { loopbackPeer: hasLoopbackPeer(env) }
      setPeer(request, env.incoming.socket.remoteAddress ?? 'unknown')
      if (!request.url.includes('/mock/')) return await idp.fetch(request)
      const { pathname } = new URL(request.url)
      if (isBelow(consolePath, pathname)) return await (await loadConsole())(request, caller)
      return isBelow(controlPrefix, pathname) ? await control(request, caller) : await idp.fetch(request)
    } catch (error) {
      if (error instanceof DroppedConnection) env.incoming.socket.destroy()
      // A hanging fault ends with the connection; nobody is left to read this answer.
      if (error instanceof DroppedConnection || request.signal.aborted) return new Response(null, { status: 503 })
      throw error
    }
  }
  // The global Request and Response belong to the tests of the caller, so they stay as they are.
  const listener = getRequestListener(
    async (request, env) => {
      const bindings = env as HttpBindings
      return write(await answer(request, bindings), bindings)
    },
    { overrideGlobalObjects: false },
  )
  const server = createServer((incoming, outgoing) => {
    void listener(incoming, outgoing)
  })
  const port = await listen(server, wantedPort, hostname)
  const url = `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const built = buildMockIdp({ origin: url, ...idpConfig }, { consolePath })
  idp = built.idp
  control = createControl(idp)
  loadConsole = consoleLoader(built.idp, built.runtime)
  return { idp, url, consoleUrl: `${url}${consolePath}`, port, close: () => close(server) }
}

/** Loads the console with its first page: most mocks never show it. */
function consoleLoader(...parts: Parameters<typeof createConsole>): () => Promise<Console> {
  let loaded: Promise<Console> | undefined
  return () => {
    loaded ??= import('./console/console.ts').then(({ createConsole }) => createConsole(...parts))
    return loaded
  }
}

function isBelow(prefix: string, pathname: string): boolean {
  return `${pathname}/`.startsWith(`${prefix}/`)
}

/** Writes an answer whose text is known at once: the adapter would read it from its stream, piece by piece. */
function write(response: Response, { incoming, outgoing }: HttpBindings): Response {
  const text = textOf(response)
  if (text === undefined) {
    const { status, headers, body } = response
    return body === null ? response : new Response(endingWith(incoming.socket, body), { status, headers })
  }
  outgoing.statusCode = response.status
  outgoing.setHeaders(response.headers)
  outgoing.end(text)
  return RESPONSE_ALREADY_SENT
}

/** A body whose dropped connection is one: the adapter would print the error. Every other error passes. */
function endingWith(socket: Socket, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        if (!(error instanceof DroppedConnection)) throw error
        socket.destroy()
        controller.close()
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** True when the connection comes from this machine, by the address of the socket. */
function hasLoopbackPeer({ incoming }: HttpBindings): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(incoming.socket.remoteAddress ?? '')
}

function listen(server: Server, port: number, hostname: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(taken ? new Error(`the port ${port} on ${hostname} is taken by another program`, { cause: error }) : error)
    })
    server.listen(port, hostname, () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('the server has no port'))
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
