/** Requests of a page to its APIs, with the access token of the session (RFC 6750 section 2.1). */
import {
  allowInsecureRequests,
  customFetch,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
  type WWWAuthenticateChallengeParameters,
} from 'oauth4webapi'
import type { Clock } from '../clock.ts'
import { ConfigurationError, ProtocolError, StepUpRequiredError } from '../errors.ts'
import type { FetchFunction } from '../protocol/transport.ts'
import type { Session } from '../session/session.ts'
import { checkRequired, type StepUp } from './required-login.ts'

/** What requests to APIs need of a client. */
export interface AuthorizedFetchParts {
  readonly session: Session
  readonly clock: Clock
  /**
   * The token for an origin, and how it is sent.
   *
   * @param refused - The token that the origin has refused, so that it must be another one.
   */
  token(origin: string, refused?: string): Promise<SentToken>
  /** Origins that get the token. */
  readonly origins: readonly string[]
  /** Gets the user to satisfy a challenge; without it a challenge is an error. */
  readonly stepUp: ((wanted: StepUp) => Promise<void>) | undefined
}

/** An access token and what sends it. */
export interface SentToken {
  readonly accessToken: string
  readonly send: FetchFunction | undefined
}

/** Longest time that a request waits because of `Retry-After`, in seconds. */
const longestWait = 10

/** Creates `client.fetch`. */
export function createAuthorizedFetch(parts: AuthorizedFetchParts): typeof fetch {
  const { session, clock, origins, stepUp } = parts
  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    if (!origins.includes(url.origin)) {
      throw new ConfigurationError(
        'OIDC_ORIGIN_NOT_ALLOWED',
        `${url.origin} gets no access token: it is not among resourceOrigins (${origins}).`,
      )
    }
    request.headers.delete('authorization')
    const isStream = init?.body instanceof ReadableStream
    const body = isStream ? request.body : request.body && (await request.arrayBuffer())
    const { sub } = session.requireTokens().claims
    const send = async (refused?: string) => {
      const token = await parts.token(url.origin, refused)
      // What one user asked for must never go out in the name of another.
      if (session.requireTokens().claims.sub !== sub) {
        throw new ProtocolError('OIDC_SESSION_MISSING', 'Another user has signed in.', 'api')
      }
      return sendOnce(request, url, body, token)
    }

    let answer = await send()
    // What was streamed is gone, and can not be sent again.
    if (isStream) return checked(answer, undefined)
    const { status, challenge, response } = answer
    const wait = Number(response.headers.get('retry-after'))
    if (/429|503/.test(`${status}`) && /GET|HEAD/.test(request.method) && wait > 0 && wait <= longestWait) {
      await new Promise((resolve) => setTimeout(resolve, wait * 1000))
      answer = await send()
    } else if (status === 401 && challenge?.error !== 'insufficient_user_authentication') {
      answer = await send(answer.accessToken)
    }
    const wanted = stepUpOf(answer)
    if (!wanted || !stepUp) return checked(answer, wanted)
    await stepUp(wanted)
    checkRequired(session.requireTokens(), wanted, clock, 'api')
    answer = await send()
    return checked(answer, stepUpOf(answer))
  }
}

interface Answer {
  /** The token that was sent. */
  readonly accessToken: string
  readonly status: number
  readonly response: Response
  /** Parameters of the Bearer or DPoP challenge. */
  readonly challenge: WWWAuthenticateChallengeParameters | undefined
}

async function sendOnce(
  request: Request,
  url: URL,
  body: ArrayBuffer | ReadableStream | null,
  { accessToken, send = (to, init) => fetch(to, init) }: SentToken,
): Promise<Answer> {
  const { method, mode, credentials, cache, integrity, keepalive, referrer, referrerPolicy, signal } = request
  const options = { mode, credentials, cache, integrity, keepalive, referrer, referrerPolicy }
  let response: Response
  let challenge: Answer['challenge']
  try {
    response = await protectedResourceRequest(accessToken, method, url, request.headers, body, {
      signal,
      [customFetch]: (to, of) => send(to, { ...options, ...(of as RequestInit) }),
      [allowInsecureRequests]: true,
    })
  } catch (error) {
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error
    response = error.response
    challenge = error.cause.find(({ scheme }) => /^(bearer|dpop)$/.test(scheme))?.parameters
  }
  // A browser shows a redirect as status 0. Following it would take the token, or the request, elsewhere.
  if (response.status < 200 || (response.status > 299 && response.status < 400 && response.status !== 304)) {
    throw new ProtocolError('OIDC_REDIRECT_REFUSED', `${url.origin} answered with a redirect.`, 'api')
  }
  return { accessToken, status: response.status, response, challenge }
}

function checked({ response }: Answer, wanted: StepUp | undefined): Response {
  if (wanted) throw new StepUpRequiredError('The API needs another login. Call login() with `wanted`.', wanted)
  return response
}

/** What the challenge of an answer wants from the user; undefined when no login would help. */
function stepUpOf({ status, challenge = {} }: Answer): StepUp | undefined {
  const { error, acr_values, max_age, scope } = challenge
  if (status === 401 && error === 'insufficient_user_authentication') {
    return { ...(acr_values && { acr_values }), ...(max_age && { max_age }), ...(scope && { scope }) }
  }
  return status === 403 && error === 'insufficient_scope' && scope ? { scope } : undefined
}
