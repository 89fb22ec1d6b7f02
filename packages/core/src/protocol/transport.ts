/**
 * How requests leave the process: never across a redirect, with one deadline for headers and body, a bounded answer, and a
 * content type that says JSON wherever JSON is read. Decides nothing about the content.
 */
import { type ErrorPhase, NetworkError, ProtocolError } from '../errors.ts'

/** A function with the shape of `fetch`. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** How protocol functions send requests. */
export interface TransportOptions {
  /** Sends requests. Default: the global `fetch`. */
  readonly fetch?: FetchFunction
  /** Deadline for headers and body together, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
}

/** Largest answer read, in bytes. */
const maxBytes = 1 << 20

/**
 * Makes the function that oauth4webapi sends requests with.
 *
 * @param options - Where requests go, and how long they may take.
 * @param phase - The step that errors are reported under.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @throws {ProtocolError} `OIDC_REDIRECT_REFUSED`, `OIDC_RESPONSE_TOO_LARGE`, `OIDC_RESPONSE_NOT_JSON`.
 */
export function createTransport(
  options: TransportOptions,
  phase: ErrorPhase,
): (url: string, init: object) => Promise<Response> {
  const { fetch = (url, init) => globalThis.fetch(url, init), timeoutMs = 10_000 } = options
  return async (url, init) => {
    const { origin, pathname } = new URL(url)
    const place = origin + pathname
    let response: Response
    let body: ArrayBuffer
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      response = await fetch(url, { ...init, redirect: 'manual', credentials: 'omit', cache: 'no-store', signal })
      body = await readBounded(response, signal)
    } catch (error) {
      if (error instanceof RangeError) {
        throw new ProtocolError('OIDC_RESPONSE_TOO_LARGE', `${place} sent more than ${maxBytes} bytes.`, phase)
      }
      const timeout = error instanceof Error && error.name === 'TimeoutError'
      throw new NetworkError(
        timeout ? 'OIDC_TIMEOUT' : 'OIDC_NETWORK_ERROR',
        timeout
          ? `${place} did not answer within ${timeoutMs} ms.`
          : `${place} could not be reached: check the connection, the address, and in a browser CORS and connect-src.`,
        phase,
        error,
      )
    }
    const { status, headers } = response
    if (response.type === 'opaqueredirect' || (status > 299 && status < 400)) {
      throw new ProtocolError('OIDC_REDIRECT_REFUSED', `${place} answered with a redirect.`, phase)
    }
    const type = headers.get('content-type') ?? ''
    if (status === 200 && body.byteLength > 0 && !/^application\/([\w.+-]+\+)?json *(;|$)/i.test(type)) {
      throw new ProtocolError('OIDC_RESPONSE_NOT_JSON', `${place} answered with "${type}" instead of JSON.`, phase)
    }
    return new Response(status === 204 ? null : body, { status, headers })
  }
}

/** Reads the body; throws a RangeError once it is too large, and the reason of the signal at the deadline. */
async function readBounded(response: Response, signal: AbortSignal): Promise<ArrayBuffer> {
  let size = 0
  const bounded = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size > maxBytes) throw new RangeError()
        controller.enqueue(chunk)
      },
    }),
    { signal },
  )
  return new Response(bounded ?? null).arrayBuffer()
}
