/** Requests of connectors that trust any certificate (IDP-SPEC 4.5, `insecure`). Only Node has a way to send them. */
import { FlowError } from '../flow-error.ts'

/** The part of `node:https` that is used, so that nothing of Node is imported where there is no Node. */
interface Https {
  request(
    url: string,
    options: {
      readonly method: string
      readonly headers: Record<string, string>
      readonly rejectUnauthorized: false
      readonly signal: AbortSignal
    },
    onAnswer: (
      answer: AsyncIterable<Uint8Array<ArrayBuffer>> & {
        readonly statusCode?: number
        readonly rawHeaders: readonly string[]
      },
    ) => void,
  ): { on(event: 'error', listener: (error: Error) => void): void; end(body: Uint8Array): void }
}

/**
 * Sends a request without looking at the certificate of the service.
 *
 * @throws {FlowError} `ConnectorNetwork` where this is not Node.
 */
export async function insecureFetch(request: Request): Promise<Response> {
  const https = nodeHttps()
  if (!https) throw new FlowError('ConnectorNetwork', 'a connector with insecure: true needs Node')
  const body = new Uint8Array(await request.arrayBuffer())
  return new Promise((resolve, reject) => {
    const { method, signal } = request
    const headers = { ...Object.fromEntries(request.headers), 'content-length': String(body.length) }
    const sent = https.request(request.url, { method, headers, signal, rejectUnauthorized: false }, (answer) => {
      const { statusCode = 0, rawHeaders } = answer
      const received = new Headers()
      for (let at = 0; at < rawHeaders.length; at += 2) received.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
      // These statuses have no body by definition, and Response refuses one.
      const isEmpty = statusCode === 204 || statusCode === 205 || statusCode === 304
      resolve(new Response(isEmpty ? null : streamOf(answer), { status: statusCode, headers: received }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function nodeHttps(): Https | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => Https } }
  return process?.getBuiltinModule?.('node:https')
}

function streamOf(parts: AsyncIterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = parts[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}
