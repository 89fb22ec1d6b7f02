/** One call of a connector: the request, the transport, the answer (IDP-SPEC 4.5). */
import { FlowError } from '../flow-error.ts'
import { authorizationHeaders } from './authorization.ts'
import type { Connector } from './connector.ts'
import { signBody } from './hmac.ts'
import type { ConnectorTransport } from './transport.ts'
import { connectorUrl } from './url.ts'

/** What a node or a test wants to send. Placeholders are gone here. */
export interface ConnectorCall {
  /** HTTP method. */
  readonly method: string
  readonly endpoint: string
  readonly query?: Readonly<Record<string, string>>
  /** Headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** Body. */
  readonly body?: unknown
  readonly timeoutSeconds?: number
}

/** The request as it leaves; for the runner log and for tests. */
export interface SentRequest {
  /** HTTP method. */
  readonly method: string
  /** Whole URL. */
  readonly url: string
  /** Headers. */
  readonly headers: Readonly<Record<string, string>>
  /** Body. */
  readonly body?: unknown
}

/** What came back. */
export interface ReceivedResponse {
  /** HTTP status. */
  readonly status: number
  /** Headers. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON, `{ raw }` for other text, `{}` for nothing. */
  readonly body: unknown
  /** By the system's clock. */
  readonly durationMs: number
}

const defaultTimeoutSeconds = 10
const largestAnswer = 1024 * 1024

/** Builds the request of a call. Throws `ConnectorEndpoint` for an endpoint that leads elsewhere. */
export async function prepareCall(
  connector: Connector,
  call: ConnectorCall,
  transport: ConnectorTransport,
): Promise<SentRequest> {
  const url = connectorUrl(connector.baseUrl, call.endpoint, call.query ?? {})
  const headers = new Headers({ Accept: 'application/json', ...connector.headers })
  for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value)
  const bodyText = call.body === undefined ? undefined : JSON.stringify(call.body)
  if (bodyText !== undefined) headers.set('Content-Type', 'application/json')
  for (const [name, value] of await authorizationHeaders(connector, transport)) headers.set(name, value)
  if (connector.hmacSecret !== undefined) {
    headers.set('x-descope-webhook-s256', await signBody(connector.hmacSecret, bodyText ?? ''))
  }
  return {
    method: call.method,
    url: url.href,
    headers: Object.fromEntries(headers),
    ...(call.body !== undefined && { body: call.body }),
  }
}

/**
 * Sends a prepared request and reads the answer.
 *
 * @throws {FlowError} `ConnectorTimeout`, `ConnectorNetwork`, `ConnectorHttpStatus`, `ConnectorBadJson`,
 *   `ConnectorTooLarge`.
 */
export async function sendCall(
  connector: Connector,
  sent: SentRequest,
  transport: ConnectorTransport,
  timeoutSeconds: number = defaultTimeoutSeconds,
): Promise<ReceivedResponse> {
  const start = performance.now()
  const body = sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }
  const { response, text } = await withTimeout(timeoutSeconds, async (signal) => {
    const request = new Request(sent.url, {
      method: sent.method,
      headers: sent.headers,
      ...body,
      signal,
      redirect: 'manual',
    })
    const response = await transport.send(connector, request, timeoutSeconds)
    return { response, text: await readBounded(response) }
  })
  const received = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: parseBody(response, text),
    durationMs: Math.round(performance.now() - start),
  }
  if (!response.ok) {
    throw new FlowError('ConnectorHttpStatus', `the service answered ${response.status}`, {
      status: response.status,
      body: received.body,
    })
  }
  return received
}

async function withTimeout<Result>(seconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const timedOut = new FlowError('ConnectorTimeout', `no answer within ${seconds} seconds`)
  let timer: ReturnType<typeof setTimeout> | undefined
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort(timedOut)
      reject(timedOut)
    }, seconds * 1000)
  })
  try {
    return await Promise.race([work(controller.signal), expiry])
  } catch (error) {
    if (error instanceof FlowError) throw error
    throw new FlowError('ConnectorNetwork', 'the service could not be reached')
  } finally {
    clearTimeout(timer)
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done || value === undefined) break
    size += value.length
    if (size > largestAnswer) {
      await reader?.cancel()
      throw new FlowError('ConnectorTooLarge', 'the answer is larger than 1 MiB')
    }
    chunks.push(value)
  }
  const decoder = new TextDecoder()
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}

function parseBody(response: Response, text: string): unknown {
  if (text === '') return {}
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '')
  try {
    const parsed: unknown = isJson ? JSON.parse(text) : { raw: text }
    return parsed
  } catch {
    // A failing status says more than the text under it.
    if (!response.ok) return { raw: text }
    throw new FlowError('ConnectorBadJson', 'the answer says it is JSON and is not')
  }
}
