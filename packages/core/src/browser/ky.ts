/** Requests of a ky instance to APIs, under the rules of `client.fetch`. */
import type { BrowserClient } from './client.ts'

/** A request that ky is about to send, as its hooks get it. */
export interface KyRequestState {
  /** The request, with everything that the instance adds to it. */
  readonly request: Request
  /** Options of the request. */
  readonly options: {
    /** What is sent, as it was given. */
    readonly body?: BodyInit | null
  }
}

/** Hooks of a ky instance; they fit its option `hooks`. */
export interface KyHooks {
  /** Sends a request, and gives the answer to ky. */
  readonly beforeRequest: ((state: KyRequestState) => Promise<Response>)[]
  /** The same, when another hook of the instance wants a request again. */
  readonly beforeRetry: ((state: KyRequestState) => Promise<Response>)[]
}

/**
 * Hooks that let your own ky instance (version 2) send its requests as `client.fetch` does: the token to listed origins
 * only, one renewal and one further request after 401, `Retry-After`, nonces of bound tokens, and better logins where an API
 * wants one. `prefix`, `json`, `searchParams`, `throwHttpErrors`, `totalTimeout` and `beforeError` stay what they are, as do
 * `afterResponse` hooks, which see the last answer.
 *
 * The request is sent here and not by ky, so `timeout`, `retry` and `fetch` of the instance do nothing: repeating it is up
 * to `client.fetch`, and `totalTimeout` or a `signal` ends it. Give these hooks last, since ky skips those behind them.
 *
 * @param client - A client, or anything else with its `fetch`, such as the result of `createResourceTokens`.
 * @throws {OidcError} The requests of the instance fail as those of `client.fetch`.
 * @example source: examples/snippets/ky-hooks.ts
 */
export function kyHooks(client: Pick<BrowserClient, 'fetch'>): KyHooks {
  const send = ({ request, options: { body } }: KyRequestState) =>
    // A request does not show whether its body was a stream, which must not be kept in memory to be sent again.
    body instanceof ReadableStream
      ? client.fetch(request, { body: request.body, duplex: 'half' } as RequestInit)
      : client.fetch(request.clone())
  return { beforeRequest: [send], beforeRetry: [send] }
}
