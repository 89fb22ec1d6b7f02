import { createCookieJar } from './cookie-jar.ts'
import { sendCookies, setCookies } from './http/cookie-channel.ts'
import type { Restorable } from './snapshot.ts'

/** Who signs in, and with what. */
export interface DriverLogin {
  /** Login id or user id. */
  readonly user: string
  /** Password. Default the one the mock knows for that user. */
  readonly password?: string
  /**
   * What to do on a consent page: allow all, deny, or tick only these optional scopes, and entries of
   * `authorization_details` by their type (`type 2` is the second one of a type). Default `allow`.
   */
  readonly consent?: 'allow' | 'deny' | readonly string[]
  /** Values for further fields of the screens of a flow, by name. Default `code` is `123456`. */
  readonly inputs?: Readonly<Record<string, string>>
}

/** A browser in a few lines: follows redirects, fills the hosted form in, keeps cookies. */
export interface MockDriver {
  /**
   * Opens an authorize URL, signs in and consents where a form is shown, and stops in front of the redirect URI.
   *
   * Cookies are kept, so a later `prompt=none` request finds the session.
   *
   * @returns The callback URL with `code` or `error`, in its query also for `form_post`; nothing is sent to it.
   * @throws {Error} When a page other than these forms comes up; the message repeats its text.
   */
  login(authorizeUrl: string | URL, login: DriverLogin): Promise<URL>
  /**
   * Opens an authorize URL that must answer without a form, as `prompt=none` and a live session do.
   *
   * @throws {Error} When a page comes up.
   */
  visit(authorizeUrl: string | URL): Promise<URL>
  /**
   * Sends a request as this browser: with its cookies, and keeping those that come back. Follows no redirect. Cookies
   * also pass where the platform drops `Cookie` and `Set-Cookie`: in a page, a service worker, happy-dom.
   */
  fetch(request: Request): Promise<Response>
  /** Cookies of the mock as a `Cookie` header. A secret. */
  readonly cookies: string
  /** Forgets all cookies. */
  clearCookies(): void
}

const mostForms = 12

/**
 * Creates a driver over the `fetch` of one mock.
 *
 * @param passwordOf - Password of a user, when the mock knows one.
 */
export function createDriver(options: {
  readonly origin: string
  readonly fetch: (request: Request) => Promise<Response>
  readonly passwordOf: (user: string) => string | undefined
}): MockDriver & Restorable {
  const jar = createCookieJar()

  const fetch = async (request: Request): Promise<Response> => {
    sendCookies(request, jar.header)
    const response = await options.fetch(request)
    jar.store(setCookies(response))
    return response
  }

  const send = (url: URL, body?: URLSearchParams): Promise<Response> => {
    const headers = { accept: 'text/html' }
    return fetch(new Request(url, body ? { method: 'POST', headers, body } : { headers }))
  }

  /** Follows redirects inside the mock; gives the first URL outside of it, or the page where they end. */
  const follow = async (url: URL, redirectUri: string, body?: URLSearchParams): Promise<URL | string> => {
    let response = await send(url, body)
    for (let hops = 0; hops < 10; hops++) {
      const location = response.headers.get('location')
      if (location === null) {
        const page = await response.text()
        return postedCallback(page, redirectUri) ?? page
      }
      const next = new URL(location, url)
      if (next.origin !== options.origin || isSamePage(next, redirectUri)) return next
      response = await send(next)
    }
    throw new Error('driver: the mock redirects in circles')
  }

  const open = (authorizeUrl: string | URL): [URL, string] => {
    const url = new URL(authorizeUrl)
    return [url, url.searchParams.get('redirect_uri') ?? 'about:blank']
  }

  return {
    async login(authorizeUrl, login) {
      const [url, redirectUri] = open(authorizeUrl)
      const { user, password } = login
      const known = {
        loginId: user,
        email: user,
        externalId: user,
        password: password ?? options.passwordOf(user) ?? '',
        code: '123456',
        ...login.inputs,
      }
      const submit = async (page: string, fields: URLSearchParams): Promise<URL | string> => {
        for (const [name, value] of hiddenFields(page)) fields.append(name, value)
        const action = /<form method="post" action="([^"]*)"/.exec(page)?.[1]
        if (action === undefined) throw new Error(`driver: no sign-in form came up: ${plainText(page)}`)
        return follow(new URL(unescapeHtml(action), options.origin), redirectUri, fields)
      }
      let page = await follow(url, redirectUri)
      for (let forms = 0; typeof page === 'string'; forms++) {
        // A page that came back with a message would come back for ever.
        if (forms === mostForms || page.includes('role="alert"')) {
          throw new Error(`driver: the login did not end: ${plainText(page)}`)
        }
        page = await submit(page, isConsentForm(page) ? consentFields(page, login.consent) : formFields(page, known))
      }
      return page
    },
    async visit(authorizeUrl) {
      const page = await follow(...open(authorizeUrl))
      if (typeof page === 'string') throw new Error(`driver: a page came up: ${plainText(page)}`)
      return page
    },
    fetch,
    get cookies() {
      return jar.header
    },
    clearCookies: jar.clear,
    save: jar.save,
  }
}

/** The callback of a response that travels as a form, with its fields in the query (`response_mode=form_post`). */
function postedCallback(page: string, redirectUri: string): URL | undefined {
  const action = unescapeHtml(/<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? '')
  if (action !== redirectUri) return undefined
  const callback = new URL(action)
  for (const [name, value] of hiddenFields(page)) callback.searchParams.append(name, value)
  return callback
}

/** True when a URL leads to the redirect URI, which may lie on the mock itself. */
function isSamePage(url: URL, redirectUri: string): boolean {
  const target = new URL(redirectUri)
  return url.origin === target.origin && url.pathname === target.pathname
}

function hiddenFields(page: string): [string, string][] {
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return [...fields].map(([, name = '', value = '']) => [unescapeHtml(name), unescapeHtml(value)])
}

function isConsentForm(page: string): boolean {
  return /<button type="submit" name="decision" value="allow"|name="button" value="deny"|name="inboundAppApproveScopes"/.test(
    page,
  )
}

/** The fields of a screen that a value is known for. */
function formFields(page: string, known: Readonly<Record<string, string>>): URLSearchParams {
  const names = [...page.matchAll(/<(?:input id|select id)="[^"]*" name="([^"]*)"/g)].map(([, name = '']) => name)
  return new URLSearchParams(Object.entries(known).filter(([name]) => names.includes(name)))
}

/** The boxes that can be changed are ticked when the page comes; a list keeps the named ones. */
function consentFields(page: string, consent: DriverLogin['consent'] = 'allow'): URLSearchParams {
  const fields = new URLSearchParams({ decision: consent === 'deny' ? 'deny' : 'allow' })
  if (consent === 'deny' && page.includes('name="button" value="deny"')) fields.set('button', 'deny')
  const boxes = page.matchAll(/<input type="checkbox" id="[^"]*" name="([^"]*)" value="([^"]*)" checked[ >]/g)
  for (const [, name = '', value = ''] of boxes) {
    const scope = unescapeHtml(value)
    if (typeof consent === 'string' || consent.includes(scope)) fields.append(name, scope)
  }
  return fields
}

function unescapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => named[name] ?? whole)
}

function plainText(page: string): string {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(page)?.[1] ?? page
  return unescapeHtml(main.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}
