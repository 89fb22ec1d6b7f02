/** Logout of the standard profile (OpenID Connect RP-Initiated Logout 1.0). */
import { confirmToken } from '../../endpoints/end-session.ts'
import { clearedSessionCookies, sessionOfBrowser } from '../../endpoints/session-cookie.ts'
import { cspSource, page, redirect } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Parameters } from '../../http/parameters.ts'
import { confirmLogoutPage } from '../../pages/confirm-logout.ts'
import { signedOutPage } from '../../pages/signed-out.ts'
import { textsFor } from '../../pages/texts.ts'
import type { Session } from '../../records.ts'
import { endSession, liveSession } from '../../sessions.ts'
import type { StandardClient } from '../client.ts'
import { knownClient } from '../find-client.ts'
import { frontChannelCalls } from '../front-channel-logout.ts'
import { checkRepeated, invalidRequest, readForm } from '../parameters.ts'
import type { StandardGrant } from '../records.ts'

/** Logout. */
export const endSessionEndpoint: Endpoint = {
  name: 'logout',
  cors: false,
  paths: ['/logout'],
  get: (exchange) => logout(exchange, exchange.query),
  async post(exchange) {
    const body = await readForm(exchange)
    exchange.seen = body.record
    return logout(exchange, body)
  },
}

interface LogoutRequest {
  readonly exchange: Exchange
  readonly parameters: Parameters
  readonly hint: StandardGrant | undefined
  readonly client: StandardClient | undefined
}

async function logout(exchange: Exchange, parameters: Parameters): Promise<Response> {
  checkRepeated(parameters)
  const request = readRequest(exchange, parameters)
  const own = liveSession(exchange.runtime, sessionOfBrowser(exchange))?.session
  // Only the ID token of this very login shows that the request comes from a client the user is signed in at.
  const isProven = own === undefined || request.hint?.sessionId === own.id || request.hint?.userId === own.userId
  if (isProven || parameters.get('confirm') === (await confirmToken(own.cookie))) return endLogin(request, own)
  exchange.reason = 'asked whether to sign out'
  const { texts } = exchange.runtime.project
  const kept = ['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state'].flatMap((name) => {
    const value = parameters.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const confirm = await confirmToken(own.cookie)
  const target = parameters.get('post_logout_redirect_uri')
  return page(confirmLogoutPage({ action: '/logout', confirm, texts, kept: Object.fromEntries(kept) }), {
    ...(target !== undefined && { formTarget: cspSource(target) }),
  })
}

/** Reads hint and client, and refuses a redirect that is not registered before anything ends. */
function readRequest(exchange: Exchange, parameters: Parameters): LogoutRequest {
  const { records } = exchange.runtime.standard
  const text = parameters.get('id_token_hint')
  const hint = text === undefined ? undefined : records.idTokens.get(text)
  if (text !== undefined && !hint) throw invalidRequest('id_token_hint is not an ID token of this provider')
  const named = parameters.get('client_id')
  if (hint && named !== undefined && named !== hint.clientId) {
    throw invalidRequest('client_id is not the client of id_token_hint')
  }
  const id = hint?.clientId ?? named
  const client = id === undefined ? undefined : knownClient(exchange.runtime, id)
  if (named !== undefined && !client) throw invalidRequest('client_id names no client')
  const target = parameters.get('post_logout_redirect_uri')
  if (target !== undefined && !client?.post_logout_redirect_uris.includes(target)) {
    throw invalidRequest('post_logout_redirect_uri is not registered for this client')
  }
  return { exchange, parameters, hint, client }
}

function endLogin(request: LogoutRequest, own: Session | undefined): Response | Promise<Response> {
  const { exchange, parameters } = request
  const { runtime } = exchange
  if (own) endSession(runtime, own, exchange.requestId)
  exchange.reason = own ? 'session ended' : 'there was no session'
  exchange.setCookies.push(...clearedSessionCookies(exchange))
  const frames = own ? frontChannelCalls(runtime, own) : []
  const next = nextAddress(parameters)
  if (next !== undefined && frames.length === 0) return redirect(exchange.request, next)
  const texts = textsFor(runtime.project, parameters.get('ui_locales')?.split(' ')[0])
  return page(signedOutPage(texts, { frames, ...(next !== undefined && { next }) }), {
    frames: [...new Set(frames.map(({ uri }) => cspSource(uri)))],
    // Time for the frames; the page has a link for who does not want to wait.
    ...(next !== undefined && { headers: { Refresh: `2;url=${next}` } }),
  })
}

/** Where the client wants the browser back, with its state. */
function nextAddress(parameters: Parameters): string | undefined {
  const target = parameters.get('post_logout_redirect_uri')
  const state = parameters.get('state')
  if (target === undefined || state === undefined) return target
  return `${target}${target.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}
