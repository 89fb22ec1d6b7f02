/** The parameter `claims` (OpenID Connect Core 5.5). */
import { invalidRequest } from './parameters.ts'
import type { ClaimRequests, ClaimsParameter } from './records.ts'

/** Reads the parameter. Throws `invalid_request` for anything but the object of Core 5.5; unknown members are ignored. */
export function readClaims(text: string | undefined): ClaimsParameter {
  if (text === undefined) return { id_token: {}, userinfo: {} }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidRequest('claims is not JSON')
  }
  if (!isObject(value)) throw invalidRequest('claims must be a JSON object')
  return { id_token: requestsOf(value.id_token, 'id_token'), userinfo: requestsOf(value.userinfo, 'userinfo') }
}

function requestsOf(value: unknown, place: string): ClaimRequests {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw invalidRequest(`claims.${place} must be a JSON object`)
  const requests = Object.entries(value).map(([name, request]) => {
    if (request !== null && !isObject(request))
      throw invalidRequest(`claims.${place}.${name} must be an object or null`)
    if (isObject(request) && request.values !== undefined && !Array.isArray(request.values)) {
      throw invalidRequest(`claims.${place}.${name}.values must be an array`)
    }
    return [name, request] as const
  })
  return Object.fromEntries(requests) as ClaimRequests
}

/** The values that a request for one claim names. */
export function askedValues(request: ClaimRequests[string] | undefined): readonly unknown[] {
  if (!request) return []
  return request.values ?? (request.value === undefined ? [] : [request.value])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
