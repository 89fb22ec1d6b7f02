import { requiredScopes } from '@countersign/core'
import { createTokenSource } from '@countersign/core/agent'
import { descopeAgent } from '@countersign/core/descope'
import { readContacts } from '@countersign-example/shared/rules'

/** What the agent has to know. */
export interface AgentOptions {
  /** The project at the identity provider, and where that is. */
  readonly projectId: string
  readonly baseUrl: string
  /** How the agent proves who it is. */
  readonly clientId: string
  readonly clientSecret: string
  /** Address of the API it works with. */
  readonly apiUrl: string
}

/** What one call to the API came to. */
export interface AgentCall {
  readonly path: string
  readonly status: number
  /** Number of rows, or why there are none. */
  readonly result: string
}

/** What the agent did; the token stays inside. */
export interface AgentReport {
  readonly scopes: readonly string[]
  readonly calls: readonly AgentCall[]
}

/** Gets an access token of its own, reads contacts with it, and finds out that invoices are not for it. */
export async function runAgent({ apiUrl, ...options }: AgentOptions): Promise<AgentReport> {
  const tokens = createTokenSource({
    ...descopeAgent({ kind: 'inbound', ...options }),
    // The rule of the API tells which scopes to ask for.
    scope: requiredScopes(readContacts).join(' '),
  })

  const read = async (path: string): Promise<AgentCall> => {
    const response = await fetch(apiUrl + path, {
      headers: { authorization: `Bearer ${await tokens.getAccessToken()}` },
    })
    const body = await response.json()
    const result = response.ok ? `${body.length} rows` : `${body.error}, needs scope ${body.scope}`
    return { path, status: response.status, result }
  }

  const calls = [await read('/contacts'), await read('/invoices')]
  return { scopes: tokens.scopes(), calls }
}

/** Puts a report into lines. */
export function describeReport({ scopes, calls }: AgentReport): string[] {
  return [
    `got a token for scope ${scopes.join(' ')}`,
    ...calls.map(({ path, status, result }) => `GET ${path}: ${status}, ${result}`),
  ]
}
