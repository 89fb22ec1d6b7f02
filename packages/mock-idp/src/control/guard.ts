/**
 * Who may use the control surface and the console: programs and pages of this machine alone (DESIGN 5.39).
 *
 * Both can do everything a test in process can. The node server checks the address of the peer; `Host`, `Origin` and
 * `Sec-Fetch-Site` are checked here, which a page of another site cannot forge.
 */

/** Who asks: what the server knows of the connection. */
export interface LocalCaller {
  /** True when the peer's address is a loopback one. */
  readonly loopbackPeer: boolean
}

/** Why a request is refused; `undefined` when it comes from a program or from a page of the mock on this machine. */
export function refusalOf(request: Request, { loopbackPeer }: LocalCaller): string | undefined {
  const { headers } = request
  const host = hostOf(request)
  if (!loopbackPeer) return 'this address answers programs of its own machine only'
  if (headers.has('forwarded') || headers.has('x-forwarded-for')) return 'this address is not for proxies'
  // DNS rebinding: another name than a loopback one leads to this machine.
  if (!isLoopbackHost(host)) return 'this address needs a loopback Host: localhost, 127.0.0.1 or [::1]'
  const origin = headers.get('origin')
  if (origin !== null && origin !== `http://${host}`) return 'this address answers no other origin'
  const site = headers.get('sec-fetch-site')
  if (site === 'cross-site' || site === 'same-site') return 'this address answers no other site'
  return undefined
}

/** Host and port that a request was sent to. */
export function hostOf({ headers, url }: Request): string {
  return headers.get('host') ?? new URL(url).host
}

/** True for the names and addresses of this machine itself, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)
}
