/**
 * The ordered checks of an authorization request (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.2). Client and
 * redirect URI are looked at first and never redirect; what fails after them goes to the redirect URI.
 */
import { splitScope } from '../../consent/scopes.ts'
import type { Parameters } from '../../http/parameters.ts'
import { oauthProblem } from '../../http/problem.ts'
import type { Runtime } from '../../runtime.ts'
import { readDetails } from '../authorization-details.ts'
import { readClaims } from '../claims-parameter.ts'
import { isPublic, isRegisteredRedirect, type StandardClient } from '../client.ts'
import { type ResponseMode, responseModes } from '../client-metadata.ts'
import { findClient } from '../find-client.ts'
import { checkRepeated, invalidRequest } from '../parameters.ts'
import { allowedScopes, knownResources } from '../scopes.ts'

/** An authorization request whose client and redirect URI are good. */
export interface StandardAuthorization {
  readonly runtime: Runtime
  readonly client: StandardClient
  readonly redirectUri: string
  readonly parameters: Parameters
  /** True for a request that was pushed (RFC 9126). */
  readonly pushed: boolean
}

/** Finds client and redirect URI. What it throws is shown, never redirected (RFC 9700 section 4.11). */
export async function identify(
  runtime: Runtime,
  parameters: Parameters,
  pushed: boolean,
): Promise<StandardAuthorization> {
  const client = await findClient(runtime, parameters.get('client_id'))
  if (!client) throw invalidRequest('client_id names no client')
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined || parameters.all('redirect_uri').length > 1) {
    throw invalidRequest('redirect_uri must be given once')
  }
  if (!isRegisteredRedirect(client, redirectUri)) throw invalidRequest('redirect_uri is not registered for this client')
  return { runtime, client, redirectUri, parameters, pushed }
}

/** The response mode that was asked for, where the client may have it; for an error `query` otherwise (Multiple Response Types 2.1). */
export function responseModeOf({ client, parameters }: StandardAuthorization): ResponseMode {
  const asked = parameters.get('response_mode')
  return responseModes.find((mode) => mode === asked && client.response_modes.includes(mode)) ?? 'query'
}

interface Check {
  readonly name: string
  readonly check: (request: StandardAuthorization) => void
}

/** The rules whose failure is an error response, in the order in which they are looked at. */
export const authorizationChecks: readonly Check[] = [
  {
    name: 'no parameter is repeated, sizes are bounded',
    check({ parameters }) {
      checkRepeated(parameters)
      if (parameters.size > 8192) throw invalidRequest('the request is larger than 8 KiB')
      if ((parameters.get('state') ?? '').length > 2048) throw invalidRequest('state is longer than 2048 characters')
    },
  },
  {
    name: 'pushed where that is required',
    check({ runtime, client, pushed }) {
      const isRequired = runtime.standard.settings.requirePar || client.require_pushed_authorization_requests
      if (isRequired && !pushed) throw invalidRequest('this request must be pushed (RFC 9126 4)')
    },
  },
  {
    name: 'no request object, no registration in the request',
    check({ parameters }) {
      for (const name of ['request', 'request_uri', 'registration']) {
        if (parameters.get(name) !== undefined) throw oauthProblem(400, `${name}_not_supported`, `${name} is not taken`)
      }
    },
  },
  {
    name: 'response_type is code',
    check({ parameters }) {
      const responseType = parameters.get('response_type')
      if (responseType === undefined) throw invalidRequest('response_type is missing')
      if (responseType !== 'code') throw oauthProblem(400, 'unsupported_response_type', 'only code is supported')
    },
  },
  {
    name: 'the client may use the code grant',
    check({ client }) {
      if (client.grant_types.includes('authorization_code')) return
      throw oauthProblem(400, 'unauthorized_client', 'this client is not registered for the code grant')
    },
  },
  {
    name: 'response_mode',
    check({ client, parameters }) {
      const mode = parameters.get('response_mode') ?? 'query'
      if (client.response_modes.some((one) => one === mode)) return
      throw invalidRequest(`response_mode must be one of ${client.response_modes.join(', ')}`)
    },
  },
  { name: 'PKCE', check: checkPkce },
  {
    name: 'scope',
    check({ runtime, client, parameters }) {
      allowedScopes(runtime, client, parameters.get('scope'))
    },
  },
  {
    name: 'prompt',
    check({ parameters }) {
      const allowed = ['none', 'login', 'consent', 'select_account']
      const prompt = splitScope(parameters.get('prompt'))
      if (prompt.some((value) => !allowed.includes(value))) {
        throw invalidRequest(`prompt must be one of ${allowed.join(', ')}`)
      }
      if (prompt.includes('none') && prompt.length > 1) throw invalidRequest('prompt none stands alone')
    },
  },
  {
    name: 'max_age',
    check({ parameters }) {
      if (!/^\d{1,9}$/.test(parameters.get('max_age') ?? '0')) throw invalidRequest('max_age must be whole seconds')
    },
  },
  {
    name: 'claims',
    check({ parameters }) {
      readClaims(parameters.get('claims'))
    },
  },
  {
    name: 'id_token_hint',
    check({ runtime, parameters }) {
      const hint = parameters.get('id_token_hint')
      if (hint === undefined || runtime.standard.records.idTokens.has(hint)) return
      throw invalidRequest('id_token_hint is not an ID token of this provider')
    },
  },
  {
    name: 'dpop_jkt',
    check({ parameters }) {
      if (/^[\w-]{43}$/.test(parameters.get('dpop_jkt') ?? 'x'.repeat(43))) return
      throw invalidRequest('dpop_jkt must be a SHA-256 thumbprint (RFC 9449 10)')
    },
  },
  {
    name: 'resource',
    check({ runtime, parameters }) {
      knownResources(runtime, parameters.all('resource'))
    },
  },
  {
    name: 'authorization_details',
    check({ runtime, client, parameters }) {
      readDetails(runtime, client, parameters.get('authorization_details'))
    },
  },
]

/** Required unless a client that authenticates is registered without it; S256 only (RFC 7636 section 4.3, RFC 9700 2.1.1). */
function checkPkce({ client, parameters }: StandardAuthorization): void {
  const challenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (challenge === undefined) {
    if (method !== undefined) throw invalidRequest('code_challenge_method without code_challenge')
    if (client.require_pkce || isPublic(client)) throw invalidRequest('code_challenge is missing')
    return
  }
  if (method !== 'S256') throw invalidRequest('code_challenge_method must be S256')
  if (!/^[\w-]{43}$/.test(challenge)) throw invalidRequest('code_challenge must be 43 base64url characters')
}
