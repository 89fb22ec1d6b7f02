import type { Exchange } from '../http/exchange.ts'

/**
 * The client that a request speaks for, checked by nobody: in its query, its form, its Basic header, or by its token.
 *
 * @returns `undefined` for a request that names none.
 */
export function clientOfRequest(exchange: Exchange): string | undefined {
  const { runtime, request, seen, query } = exchange
  if (exchange.clientId !== undefined) return exchange.clientId
  const header = request.headers.get('authorization') ?? ''
  const [, scheme = '', credentials = ''] = /^(\w+) +(\S+)$/.exec(header) ?? []
  if (/^basic$/i.test(scheme)) return basicUser(credentials)
  if (/^(bearer|dpop)$/i.test(scheme)) return clientOfToken(exchange, credentials)
  const named = query.get('client_id') ?? seen.client_id
  if (typeof named === 'string') return named
  const applicationId = exchange.path('applicationId')
  if (applicationId !== undefined) return runtime.oidcApps.get(applicationId)?.clientId
  return exchange.path('projectId') === undefined ? undefined : runtime.defaultApp.clientId
}

function clientOfToken({ runtime }: Exchange, token: string): string | undefined {
  const record = runtime.records.accessTokens.get(token)
  const standard = runtime.standard.records.accessTokens.get(token)
  if (record ?? standard) return record?.app.clientId ?? standard?.clientId
  const claims = claimsOf(token)
  return typeof claims?.azp === 'string' ? claims.azp : undefined
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return undefined
  }
}

function basicUser(credentials: string): string | undefined {
  try {
    return decodeURIComponent(atob(credentials).split(':')[0] ?? '')
  } catch {
    return undefined
  }
}
