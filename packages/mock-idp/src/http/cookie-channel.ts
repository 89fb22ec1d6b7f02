/**
 * Cookies beside the headers of a request and an answer.
 *
 * A page, a service worker and happy-dom drop `Cookie` and `Set-Cookie` from requests and answers (forbidden header
 * names of the Fetch standard). What is kept here reaches the other side in the same process, and no other process.
 */
const sent = new WeakMap<Request, string>()
const set = new WeakMap<Response, readonly string[]>()

/** True where a `Request` keeps no `Cookie` header. */
export function dropsCookies(): boolean {
  return !new Request('http://localhost', { headers: { cookie: 'a=b' } }).headers.has('cookie')
}

/** Gives a request its cookies, whatever the platform does to headers. */
export function sendCookies(request: Request, header: string): void {
  sent.set(request, header)
}

/** The `Cookie` header of a request; empty without one. */
export function sentCookies(request: Request): string {
  return sent.get(request) ?? request.headers.get('cookie') ?? ''
}

/** An answer that sets cookies. */
export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
  if (cookies.length > 0) set.set(response, cookies)
  return response
}

/** Values of `Set-Cookie` of an answer. */
export function setCookies(response: Response): readonly string[] {
  return set.get(response) ?? response.headers.getSetCookie()
}
