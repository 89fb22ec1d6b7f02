/** Connector nodes (IDP-SPEC 4.5). */
import { type ConnectorCall, prepareCall, type ReceivedResponse, sendCall } from '../connectors/call.ts'
import type { Connector } from '../connectors/connector.ts'
import type { ConnectorNode } from '../definition.ts'
import { FlowError } from '../flow-error.ts'
import { resolveJson, resolveText, resolveValue, toText } from '../template.ts'
import type { NodeMove, NodeRun } from './node-run.ts'

/** Calls the connector and keeps the answer under the context key. */
export async function runConnector(run: NodeRun<ConnectorNode>): Promise<NodeMove> {
  const { runtime, execution, node } = run
  const connector = runtime.flows.connectors.get(node.connector)
  if (!connector) throw new FlowError('ConnectorNetwork', `the connector ${node.connector} is gone`)
  if (node.runAsync) {
    // Nobody waits for it: what goes wrong stands in the log only.
    void call(run, connector).catch(() => undefined)
    return { next: node.next }
  }
  const response = await call(run, connector)
  execution.connectors[node.contextKey.replace(/^connectors\./, '')] = kept(connector, response)
  return { next: node.next }
}

async function call(run: NodeRun<ConnectorNode>, connector: Connector): Promise<ReceivedResponse> {
  const { runtime, execution, node, id } = run
  const { log } = execution
  const { transport } = runtime.flows.connectors
  const title = node.name ?? connector.name
  try {
    const request = await prepareCall(connector, callOf(run), transport)
    log.add({
      title,
      log: `${request.method} ${request.url}`,
      nodeId: id,
      kind: 'connector.request',
      data: { ...request, headers: hideKeyHeader(connector, request.headers) },
    })
    const response = await sendCall(connector, request, transport, node.timeoutSeconds)
    log.add({ title, log: `answer ${response.status}`, nodeId: id, kind: 'connector.response', data: response })
    return response
  } catch (error) {
    if (!(error instanceof FlowError)) throw error
    log.add({
      level: 'error',
      title,
      log: error.message,
      nodeId: id,
      kind: 'connector.error',
      data: { error: error.code, ...error.details },
    })
    throw error
  }
}

function callOf({ node, resolve }: NodeRun<ConnectorNode>): ConnectorCall {
  const query: Record<string, string> = {}
  for (const [name, spec] of Object.entries(node.query ?? {})) {
    const value = resolveValue(spec, resolve)
    if (value !== undefined) query[name] = toText(value)
  }
  const headers = Object.entries(node.headers ?? {}).map(([name, text]) => [
    name,
    headerText(resolveText(text, resolve)),
  ])
  return {
    method: node.method ?? 'GET',
    endpoint: resolveText(node.endpoint ?? '', resolve, encodeURIComponent),
    query,
    headers: Object.fromEntries(headers),
    ...(node.body !== undefined && { body: resolveJson(node.body, resolve) }),
  }
}

/** A header value holds bytes: line breaks would begin another header. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '')
}

function hideKeyHeader({ authentication }: Connector, headers: Readonly<Record<string, string>>): unknown {
  if (authentication.type !== 'apiKey') return headers
  return { ...headers, [authentication.header.toLowerCase()]: '[redacted]' }
}

function kept({ includeHeadersInContext }: Connector, { body, headers }: ReceivedResponse): unknown {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  return includeHeadersInContext && isObject ? { ...body, headers } : body
}
