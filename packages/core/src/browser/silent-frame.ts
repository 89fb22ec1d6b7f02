/** Silent authentication by a hidden frame (OpenID Connect Core 1.0 section 3.1.2.1, `prompt=none`). */
import { NetworkError } from '../errors.ts'

const marker = 'countersign-silent-frame'

/**
 * Loads an authorization request in a hidden frame and waits for its response.
 *
 * @param url - The request, with `prompt=none`.
 * @param state - The state it carries; messages with any other are ignored.
 * @param timeoutMs - Deadline in milliseconds.
 * @returns The callback URL. The frame and the listener are gone in every case.
 * @throws {NetworkError} `OIDC_FRAME_TIMEOUT`.
 */
export function openSilentFrame(url: URL, state: string, timeoutMs: number): Promise<URL> {
  return new Promise((resolve, reject) => {
    const frame = document.createElement('iframe')
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      removeEventListener('message', receive)
      frame.remove()
      finish()
    }
    const receive = ({ origin, source, data }: MessageEvent) => {
      if (origin !== location.origin || source !== frame.contentWindow || !URL.canParse(data)) return
      const response = new URL(data)
      if (response.searchParams.get('state') === state) settle(() => resolve(response))
    }
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            new NetworkError(
              'OIDC_FRAME_TIMEOUT',
              `No answer from the hidden frame within ${timeoutMs} ms. Likeliest causes: the redirect URI is not registered at ${url.origin}, the page behind it does not call client.start(), the provider forbids framing, or frame-src of this page does not list it.`,
              'authorization',
            ),
          ),
        ),
      timeoutMs,
    )
    addEventListener('message', receive)
    frame.hidden = true
    frame.id = marker
    frame.title = 'Sign-in check'
    frame.src = url.href
    document.body.append(frame)
  })
}

/**
 * Hands the response to the page that opened the hidden frame, when this page is in one.
 *
 * @returns Whether this page is in a hidden frame, and so has nothing else to do.
 */
export function answerFromSilentFrame(): boolean {
  // frameElement is null for a parent of another origin, so the response never leaves this origin.
  if (window.frameElement?.id !== marker) return false
  parent.postMessage(location.href, location.origin)
  return true
}

/**
 * Tells whether a frame of the provider can see its session cookie here: same scheme and same registrable domain, judged
 * by the last two labels of the host name.
 */
export function isSameSite(one: URL | Location, other: URL | Location): boolean {
  const site = ({ protocol, hostname }: URL | Location) =>
    protocol + (/[:\d]$/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.'))
  return site(one) === site(other)
}
