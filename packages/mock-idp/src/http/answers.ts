import type { HtmlEscapedString } from 'hono/utils/html'

/** Headers of answers that hold tokens or personal data (IDP-SPEC 2.2). */
export const noStore: Readonly<Record<string, string>> = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** A JSON answer. */
export function json(
  body: unknown,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return text(JSON.stringify(body), init)
}

const texts = new WeakMap<Response, string>()

/** An answer whose text is remembered, because reading it back from its stream costs as much as making it. */
function answer(body: string, init: { status: number; headers: Readonly<Record<string, string>> }): Response {
  const response = new Response(body, init)
  texts.set(response, body)
  return response
}

/** The text of an answer of this module that nobody has read; `undefined` for any other. Empty without a body. */
export function textOf(response: Response): string | undefined {
  return response.body === null ? '' : texts.get(response)
}

/** An answer in the place of another one, with its headers. */
export function replaced(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
  init: { readonly status: number; readonly headers: Headers },
): Response {
  // These statuses have no body (Fetch 2.2.3).
  const hasBody = body !== '' && ![204, 205, 304].includes(init.status)
  const response = new Response(hasBody ? body : null, init)
  if (hasBody && typeof body === 'string') texts.set(response, body)
  return response
}

/** A JSON answer whose text is given, valid or not. */
export function text(
  body: string,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return answer(body, {
    status: init.status ?? 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...init.headers },
  })
}

/**
 * An HTML answer with the headers of IDP-SPEC 2.13.
 *
 * @param init.formTarget - CSP source that a form may lead to beside the mock itself: browsers hold redirects after a
 *   form to `form-action` as well.
 * @param init.imageSource - CSP source that images may come from beside data URLs.
 * @param init.script - CSP source of the one script that the page has. Default no script.
 * @param init.frames - CSP sources that the page may show in frames. Default none.
 * @param init.framing - Who may show the page in a frame. Default the mock itself.
 */
export async function page(
  body: HtmlEscapedString | Promise<HtmlEscapedString>,
  init: {
    status?: number
    formTarget?: string
    imageSource?: string
    script?: string
    frames?: readonly string[]
    framing?: 'self' | 'none'
    headers?: Readonly<Record<string, string>>
  } = {},
): Promise<Response> {
  const { framing = 'self' } = init
  const images = ['data:', init.imageSource].filter(Boolean).join(' ')
  const script = init.script === undefined ? '' : `script-src ${init.script}; `
  const frames = init.frames?.length ? `frame-src ${init.frames.join(' ')}; ` : ''
  const formAction = ["'self'", init.formTarget].filter(Boolean).join(' ')
  return answer(String(await body), {
    status: init.status ?? 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Frame-Options': framing === 'self' ? 'SAMEORIGIN' : 'DENY',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy':
        `default-src 'none'; style-src 'unsafe-inline'; img-src ${images}; form-action ${formAction}; ` +
        `${script}${frames}base-uri 'none'; frame-ancestors '${framing}'`,
      ...init.headers,
    },
  })
}

/** Lets pages of other sites show an HTML answer in a frame, unless it refuses every frame. */
export function allowFraming(headers: Headers): void {
  if (headers.get('X-Frame-Options') !== 'SAMEORIGIN') return
  headers.delete('X-Frame-Options')
  const policy = headers.get('Content-Security-Policy') ?? ''
  headers.set('Content-Security-Policy', policy.replace("frame-ancestors 'self'", 'frame-ancestors *'))
}

/** A redirect: 302 after GET, 303 after POST (IDP-SPEC 2.16). */
export function redirect(request: Request, location: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, {
    status: request.method === 'POST' ? 303 : 302,
    headers: { Location: location, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', ...headers },
  })
}

/**
 * The CSP source of an address: its origin, or its scheme where an origin cannot be written. A host may hold `;` and `,`,
 * which would end the directive.
 */
export function cspSource(uri: string): string {
  const { protocol, origin, hostname } = new URL(uri)
  return origin === 'null' || /^\[|[;,]/.test(hostname) ? protocol : origin
}
