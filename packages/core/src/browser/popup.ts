import { NetworkError } from '../errors.ts'
import { checkOptions, type OptionRules } from '../options.ts'
import type { AuthorizationParameters } from '../protocol/authorization-request.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'
import { refuseForeignFrame } from './foreign-frame.ts'
import { popupChannel } from './popup-answer.ts'
import type { StepUp } from './required-login.ts'
import { notHandedOver, pageOf } from './timeout-diagnosis.ts'

/** Options of a login in a popup window. */
export interface PopupLoginOptions {
  /** Scopes of this login, space-separated, with `openid`. Default: those of the client. */
  readonly scope?: string
  /** Further parameters of the authorization request under their wire names, such as `login_hint` or `acr_values`. */
  readonly parameters?: AuthorizationParameters
  /** What the login has to fulfil, as for `client.login`: `OIDC_STEP_UP_REQUIRED` otherwise. Default nothing. */
  readonly required?: StepUp
  /** Width of the window in CSS pixels, 200 to 4000. Default 480. */
  readonly width?: number
  /** Height of the window in CSS pixels, 200 to 4000. Default 720. */
  readonly height?: number
  /** Deadline in milliseconds, 1000 to 3600000. Default 300000, five minutes. */
  readonly timeoutMs?: number
  /** Ends the login: the window is closed. */
  readonly signal?: AbortSignal
}

const optionRules: OptionRules<PopupLoginOptions> = {
  scope: 'string',
  parameters: 'object',
  required: 'object',
  width: [200, 4000],
  height: [200, 4000],
  timeoutMs: [1000, 3_600_000],
  signal: 'object',
}

/** How often the opener looks at the window, in milliseconds, and how often in a row it has to look closed. */
const lookMs = 100
const closedLooks = 8

/**
 * Signs the user in by a popup window, while this page stays as it is. Call it from a click, or the browser blocks the
 * window. The page at the redirect URI hands the response over and closes: it needs nothing but `client.start()`.
 *
 * A second call ends the first one. The promise settles in every case: where the provider cuts the tie to the window, a
 * window that the user closes can not be seen, and the deadline, the signal or the next call end the login.
 *
 * @param client - A client of `createBrowserClient`.
 * @throws {NetworkError} `OIDC_POPUP_BLOCKED`, `OIDC_POPUP_CLOSED`, `OIDC_POPUP_TIMEOUT`, `OIDC_POPUP_ABORTED`.
 * @throws {AuthorizationError} When the provider answered with an error.
 * @throws {ProtocolError} As `client.handleCallback`; as `client.login` for what fails before.
 * @throws {StepUpRequiredError} `OIDC_STEP_UP_REQUIRED` when the login lacks what it was `required` to fulfil.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`, `OIDC_FOREIGN_FRAME`.
 */
export async function loginWithPopup(client: BrowserClient, options: PopupLoginOptions = {}): Promise<void> {
  checkOptions(options, optionRules, [])
  const { name, prepare, redeem, signIn, transactions } = partsOf(client)
  refuseForeignFrame()
  underWay.get(client)?.abort()
  const next = new AbortController()
  underWay.set(client, next)
  // Before anything else: a browser forgets the click while the page waits.
  const popup = openWindow(options)
  try {
    // Nothing else holds it, and it stays: one with a listener lives as long as a signal it depends on (DOM 3.2.1).
    const signal = AbortSignal.any([next.signal, ...(options.signal ? [options.signal] : [])])
    const { url, state, transaction } = await prepare(options, '/')
    transactions.save(state, { popup: true, returnTo: '/', createdAt: transaction.createdAt })
    const response = await whenAnswered(
      popup,
      url,
      popupChannel(name, state),
      options.timeoutMs ?? 300_000,
      signal,
    ).catch((error) => {
      // Should the window answer after all, it finds nothing to answer for.
      transactions.forget(state)
      throw error
    })
    await signIn(() => redeem(response, state, transaction))
  } finally {
    popup.close()
    if (underWay.get(client) === next) underWay.delete(client)
  }
}

const underWay = new WeakMap<BrowserClient, AbortController>()

function openWindow({ width = 480, height = 720 }: PopupLoginOptions): Window {
  const left = Math.max(0, screenX + (outerWidth - width) / 2)
  const top = Math.max(0, screenY + (outerHeight - height) / 2)
  const popup = open('', '_blank', `popup,width=${width},height=${height},left=${left},top=${top}`)
  if (popup) return popup
  throw failure(
    'OIDC_POPUP_BLOCKED',
    'The browser blocked the window. Call loginWithPopup from a click, or use login().',
  )
}

/** Sends the window to the provider and waits for the response of its last page. */
function whenAnswered(
  popup: Window,
  url: URL,
  channelName: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<URL> {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(channelName)
    let wasAway = false
    let closedFor = 0
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      clearInterval(looking)
      channel.close()
      finish()
    }
    const fail = (code: PopupCode, message: string) => settle(() => reject(failure(code, message)))
    const abort = () => fail('OIDC_POPUP_ABORTED', 'The login was aborted.')
    const timer = setTimeout(
      () => fail('OIDC_POPUP_TIMEOUT', `Nobody signed in within ${timeoutMs} ms. ${diagnose(popup, url, wasAway)}`),
      timeoutMs,
    )
    const looking = setInterval(() => {
      // A window that was never seen at the provider and looks closed may be cut off by a Cross-Origin-Opener-Policy.
      closedFor = wasAway && popup.closed ? closedFor + 1 : 0
      // The last page closes the window itself, and its answer may come after that.
      if (closedFor === closedLooks) fail('OIDC_POPUP_CLOSED', 'The window was closed before anybody signed in.')
      wasAway ||= isAway(popup)
    }, lookMs)
    channel.onmessage = ({ data }) => {
      if (URL.canParse(data)) settle(() => resolve(new URL(data)))
    }
    if (signal.aborted) abort()
    else {
      signal.addEventListener('abort', abort)
      popup.location.replace(url)
    }
  })
}

/** Whether a window shows a page of another origin. */
function isAway(popup: Window): boolean {
  return !popup.closed && !pageOf(popup)
}

function diagnose(popup: Window, { origin }: URL, wasAway: boolean): string {
  // A tie that is cut makes a window look closed.
  if (popup.closed)
    return `The window can not be seen: ${origin} cuts the tie (Cross-Origin-Opener-Policy), or it closed early.`
  const page = pageOf(popup)
  if (page?.startsWith('http')) return notHandedOver(page)
  if (!wasAway) return `The window never got to ${origin}: does it answer?`
  return `The window is still at ${origin}: the user has not finished, or the redirect URI is not registered there.`
}

type PopupCode = 'OIDC_POPUP_BLOCKED' | 'OIDC_POPUP_CLOSED' | 'OIDC_POPUP_TIMEOUT' | 'OIDC_POPUP_ABORTED'

function failure(code: PopupCode, message: string): NetworkError {
  return new NetworkError(code, message, 'authorization')
}
