/**
 * How requests leave the process: never across a redirect, with one deadline for headers and body, a bounded answer, and
 * JSON that says so in its content type. An answer of any other status than success ends here, as an error.
 */
import type { ErrorCodeOf } from '../error-codes.ts'
import { type ErrorPhase, NetworkError, ProtocolError, TokenEndpointError } from '../errors.ts'

/** A function with the shape of `fetch`. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** How protocol functions send requests. */
export interface TransportOptions {
  /** Sends requests. Default: the global `fetch`. */
  readonly fetch?: FetchFunction
  /** Deadline for headers and body together, in milliseconds. Default 10000. */
  readonly timeoutMs?: number
}

/** Longest answer read, in characters. */
const maxLength = 1 << 20

/** The code of an error answer, for the endpoints whose answers are OAuth errors. */
const refusals: Partial<Record<ErrorPhase, ErrorCodeOf<'TokenEndpointError'>>> = {
  token: 'OIDC_TOKEN_ENDPOINT_ERROR',
  userinfo: 'OIDC_USERINFO_REFUSED',
  logout: 'OIDC_REVOCATION_FAILED',
}

/**
 * Makes the function that oauth4webapi sends requests with.
 *
 * @param options - Where requests go, and how long they may take.
 * @param phase - The step that errors are reported under.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @throws {ProtocolError} `OIDC_REDIRECT_REFUSED`, `OIDC_RESPONSE_TOO_LARGE`, `OIDC_RESPONSE_NOT_JSON`, `OIDC_STATUS_UNEXPECTED`.
 * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`, `OIDC_USERINFO_REFUSED`, `OIDC_REVOCATION_FAILED`.
 */
export function createTransport(
  { fetch = (url, init) => globalThis.fetch(url, init), timeoutMs = 10_000 }: TransportOptions,
  phase: ErrorPhase,
): (url: string, init: object) => Promise<Response> {
  return async (url, init) => {
    const [place] = url.split('?')
    let response: Response
    let text = ''
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      response = await fetch(url, { ...init, redirect: 'manual', credentials: 'omit', cache: 'no-store', signal })
      const reader = response.body?.pipeThrough(new TextDecoderStream(), { signal }).getReader()
      for (
        let part = await reader?.read();
        part && !part.done && text.length <= maxLength;
        part = await reader?.read()
      ) {
        text += part.value
      }
    } catch (error) {
      throw (error as Error).name === 'TimeoutError'
        ? new NetworkError('OIDC_TIMEOUT', `No answer from ${place} within ${timeoutMs} ms.`, phase)
        : new NetworkError(
            'OIDC_NETWORK_ERROR',
            `${place} is not reachable. Check address, CORS and CSP.`,
            phase,
            error,
          )
    }
    const { status, headers } = response
    const refuse = (code: ErrorCodeOf<'ProtocolError'>) =>
      new ProtocolError(code, `${place} answered ${status}.`, phase)
    if (text.length > maxLength) throw refuse('OIDC_RESPONSE_TOO_LARGE')
    // A browser shows a redirect as status 0.
    if (!status || (status > 299 && status < 400)) throw refuse('OIDC_REDIRECT_REFUSED')

    let body: Record<string, unknown> = {}
    try {
      if (text) body = JSON.parse(text)
      if (text && !/^application\/([\w.+-]+\+)?json\b/i.test(headers.get('content-type') ?? '')) throw 0
    } catch {
      if (status === 200) throw refuse('OIDC_RESPONSE_NOT_JSON')
    }
    if (status === 200) return new Response(text, { headers })

    const code = refusals[phase]
    if (code) throw refusal(code, status, phase, headers, body)
    throw status === 429 || status > 499
      ? new NetworkError('OIDC_NETWORK_ERROR', `${place} answered ${status}.`, phase)
      : refuse('OIDC_STATUS_UNEXPECTED')
  }
}

/** The error of an answer in the OAuth form, in the form of the Descope-like service, or in a challenge only. */
function refusal(
  code: ErrorCodeOf<'TokenEndpointError'>,
  status: number,
  phase: ErrorPhase,
  headers: Headers,
  body: Record<string, unknown>,
): TokenEndpointError {
  const challenged = /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
  const retryAfter = headers.get('retry-after')
  return new TokenEndpointError(
    code,
    String(body?.error ?? body?.errorCode ?? challenged ?? 'error'),
    status,
    phase,
    String(body?.error_description ?? body?.errorDescription ?? ''),
    retryAfter ? Math.max(0, Number(retryAfter) || (Date.parse(retryAfter) - Date.now()) / 1000 || 0) : undefined,
  )
}
