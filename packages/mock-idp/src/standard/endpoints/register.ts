/** Dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration 1.0). */
import { epochSeconds } from '../../clock.ts'
import { equalInConstantTime } from '../../grants/pkce.ts'
import { json, noStore } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import { oauthProblem, type Problem, serviceProblem } from '../../http/problem.ts'
import type { Runtime } from '../../runtime.ts'
import { challenge } from '../bearer.ts'
import type { StandardClient } from '../client.ts'
import { registrationFields, type StandardClientConfig } from '../client-metadata.ts'

/** Register. Anybody may, or whoever has an initial access token; the client is a third party, so its users are asked for consent. */
export const registerEndpoint: Endpoint = {
  name: 'register',
  cors: true,
  paths: ['/register'],
  async post(exchange) {
    const { runtime } = exchange
    if (runtime.standard.settings.registration === 'off') {
      throw serviceProblem(404, 'E011004', 'there is nothing at this path')
    }
    checkInitialAccess(exchange)
    const metadata = await readMetadata(exchange)
    const client = register(runtime, metadata)
    exchange.clientId = client.client_id
    exchange.reason = 'registered'
    return json(answerFor(runtime, client), { status: 201, headers: noStore })
  },
}

/** Throws 401 without an initial access token where one is needed (RFC 7591 section 3, RFC 6750 section 3). */
function checkInitialAccess({ request, runtime }: Exchange): void {
  const { registration, initialAccessTokens } = runtime.standard.settings
  if (registration !== 'protected') return
  const header = request.headers.get('authorization')
  if (header === null) {
    throw oauthProblem(401, 'invalid_token', 'an initial access token is needed', { 'WWW-Authenticate': 'Bearer' })
  }
  const [, given = ''] = /^bearer +([\w.~+/-]+=*)$/i.exec(header) ?? []
  // Every one is compared, so that time tells nothing.
  const isKnown = initialAccessTokens.filter((token) => equalInConstantTime(given, token)).length > 0
  if (!isKnown) throw challenge('Bearer', 401, 'invalid_token', 'this is not an initial access token of this provider')
}

async function readMetadata({ request, text }: Exchange): Promise<StandardClientConfig> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json\b/i.test(type)) throw invalidMetadata('Content-Type must be application/json')
  const given = await text()
  let value: unknown
  try {
    value = JSON.parse(given)
  } catch {
    throw invalidMetadata('the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidMetadata('the body must be an object')
  // What is not known is ignored (RFC 7591 section 2), null counts as absent.
  const known = Object.entries(value).filter(
    ([name, member]) => Object.hasOwn(registrationFields, name) && member !== null,
  )
  return Object.fromEntries(known)
}

function register({ standard }: Runtime, metadata: StandardClientConfig): StandardClient {
  checkAddresses(standard, metadata)
  const { clients, mostClients } = standard
  if (clients.list().length >= mostClients) {
    throw oauthProblem(
      503,
      'temporarily_unavailable',
      `there are ${mostClients} clients already; see config.limits.clients`,
    )
  }
  try {
    return clients.create(metadata)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const isRedirect = error.message.startsWith('client.redirect_uris')
    throw isRedirect ? invalidRedirect(error.message) : invalidMetadata(error.message)
  }
}

/** Redirects go to https, loopback or an app's own scheme; what the provider would call itself must be allowed. */
function checkAddresses({ network }: Runtime['standard'], metadata: StandardClientConfig): void {
  const { redirect_uris: redirects = [], jwks_uri, backchannel_logout_uri } = metadata
  // By the parsed host: what stands in front of an @ is a name and a password.
  const isOpen = (uri: unknown): boolean => {
    const { protocol, hostname } = URL.canParse(String(uri)) ? new URL(String(uri)) : new URL('about:blank')
    return protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  }
  if (Array.isArray(redirects) && redirects.some(isOpen)) {
    throw invalidRedirect('an http redirect URI must be on loopback')
  }
  for (const [name, uri] of Object.entries({ jwks_uri, backchannel_logout_uri })) {
    if (uri !== undefined && !network.allows(String(uri))) {
      throw invalidMetadata(`${name} is at a host that may not be called; see config.standard.allowNetwork`)
    }
  }
}

function answerFor({ clock }: Runtime, client: StandardClient): Record<string, unknown> {
  const { kind, id, clientId, name, logo, issuer, forceAuthentication, require_pkce, first_party, ...metadata } = client
  return {
    ...metadata,
    client_id_issued_at: epochSeconds(clock),
    ...(client.client_secret !== undefined && { client_secret_expires_at: 0 }),
  }
}

function invalidRedirect(description: string): Problem {
  return oauthProblem(400, 'invalid_redirect_uri', description)
}

function invalidMetadata(description: string): Problem {
  return oauthProblem(400, 'invalid_client_metadata', description)
}
