/** Silent authentication by a hidden frame (OpenID Connect Core 1.0 section 3.1.2.1, `prompt=none`). */
import { ConfigurationError, NetworkError } from '../errors.ts'
import { notHandedOver, notLoaded, pageOf, probe } from './timeout-diagnosis.ts'

const marker = 'countersign-silent-frame'

/**
 * Loads an authorization request in a hidden frame and waits for its response.
 *
 * @param url - The request, with `prompt=none`.
 * @param state - The state it carries; messages with any other are ignored.
 * @param timeoutMs - Deadline in milliseconds.
 * @param issuer - Whose discovery document is asked for when half of the time is over, to tell what is wrong.
 * @param signal - Ends the wait.
 * @returns The callback URL. The frame and the listeners are gone in every case.
 * @throws {NetworkError} `OIDC_FRAME_TIMEOUT`, with the causes that remain, likeliest first; `OIDC_FRAME_ABORTED`.
 * @throws {ConfigurationError} `OIDC_FRAME_BLOCKED` at once, when the page's own policy forbids the frame.
 */
export function openSilentFrame(
  url: URL,
  state: string,
  timeoutMs: number,
  issuer: string,
  signal?: AbortSignal,
): Promise<URL> {
  return new Promise((resolve, reject) => {
    const frame = document.createElement('iframe')
    const isReachable = probe(`${issuer}/.well-known/openid-configuration`, timeoutMs / 2)
    const over = new AbortController()
    let isLoaded = false
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      isReachable()
      over.abort()
      frame.remove()
      finish()
    }
    const receive = ({ origin, source, data }: MessageEvent) => {
      if (origin !== location.origin || source !== frame.contentWindow || !URL.canParse(data)) return
      const response = new URL(data)
      if (response.searchParams.get('state') === state) settle(() => resolve(response))
    }
    const refuse = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
      // The response comes back to this origin, so the policy has to allow that too.
      const isOurs = [url.origin, location.origin].includes(URL.parse(blockedURI)?.origin ?? '')
      if (effectiveDirective !== 'frame-src' || !isOurs) return
      const message = `The Content-Security-Policy of this page forbids the hidden frame: frame-src has to list ${url.origin} and 'self'.`
      settle(() => reject(new ConfigurationError('OIDC_FRAME_BLOCKED', message)))
    }
    const fail = (code: 'OIDC_FRAME_TIMEOUT' | 'OIDC_FRAME_ABORTED', message: string) =>
      settle(() => reject(new NetworkError(code, message, 'authorization')))
    const abort = () => fail('OIDC_FRAME_ABORTED', 'The silent login was aborted.')
    const timer = setTimeout(() => {
      const why = diagnose(url, isLoaded, pageOf(frame.contentWindow), isReachable())
      fail('OIDC_FRAME_TIMEOUT', `No answer from the hidden frame within ${timeoutMs} ms. ${why}`)
    }, timeoutMs)
    addEventListener('message', receive, over)
    addEventListener('securitypolicyviolation', refuse, over)
    signal?.addEventListener('abort', abort, over)
    frame.onload = () => {
      isLoaded = true
    }
    frame.hidden = true
    frame.id = marker
    frame.title = 'Sign-in check'
    frame.src = url.href
    if (signal?.aborted) abort()
    else document.body.append(frame)
  })
}

function diagnose(url: URL, isLoaded: boolean, page: string | undefined, isReachable: boolean): string {
  if (page?.startsWith('http')) return notHandedOver(page)
  if (!isLoaded) return notLoaded(url, isReachable)
  const causes = 'the redirect URI is not registered there, or it forbids frames (X-Frame-Options, frame-ancestors)'
  const cookie = isSameSite(url, location) ? '' : '. It is another site, so its cookie may be blocked'
  return `${url.origin} shows a page of its own. Likeliest causes: ${causes}, or it ignores prompt=none${cookie}.`
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
 * Tells whether a frame of the provider can see its session cookie here: same scheme and same registrable domain.
 *
 * The domain is judged by the last two labels of the host name, or three below suffixes such as `co.uk`. The full list of
 * public suffixes is larger than this package: below others, such as `github.io`, two sites count as one. That costs a
 * frame that finds nobody, and never a token: what a frame may see is the browser's decision.
 */
export function isSameSite(one: URL | Location, other: URL | Location): boolean {
  const site = ({ protocol, hostname }: URL | Location) =>
    protocol +
    (/[:\d]$/.test(hostname) ? hostname : /([^.]+\.)?((ac|com?|edu|gov|net|org)\.[a-z]{2}|[^.]+)$/.exec(hostname)?.[0])
  return site(one) === site(other)
}
