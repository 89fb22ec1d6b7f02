/** A browser in a few lines: keeps cookies, follows redirects, submits forms. It knows HTTP and neither of the parties. */

/** Where a navigation ended. */
export interface Place {
  readonly url: URL
  /** HTTP status; undefined in front of the application, which is not visited. */
  readonly status: number | undefined
  readonly html: string
}

export interface UserAgent {
  /** Opens an address and follows redirects, up to a page or to the application. */
  open(url: URL): Promise<Place>
  /** Submits the form of a page: its hidden fields, and the given ones. */
  submit(page: Place, fields?: Readonly<Record<string, string>>): Promise<Place>
  /** Follows the link with this text. */
  follow(page: Place, text: string): Promise<Place>
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/**
 * Creates a user agent without cookies.
 *
 * @param application - Origin of the application; nothing listens there, so a navigation to it ends in front of it.
 */
export function createUserAgent(application: string): UserAgent {
  const jar = new Map<string, Cookie>()

  const open = async (start: URL, body?: URLSearchParams): Promise<Place> => {
    let url = start
    let form = body
    for (let hops = 0; hops < 10; hops++) {
      if (url.origin === application) return { url, status: undefined, html: '' }
      const headers = { accept: 'text/html', cookie: cookiesFor(jar, url) }
      const method = form ? { method: 'POST', body: form } : {}
      const response = await fetch(url, { ...method, headers, redirect: 'manual' })
      for (const text of response.headers.getSetCookie()) keep(jar, text, url)
      const html = await response.text()
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, html }
      url = new URL(location, url)
      form = undefined
    }
    throw new Error(`redirected in circles, last to ${url}`)
  }

  return {
    open,
    submit(page, fields = {}) {
      const action = find(page, /<form\b[^>]*\baction="([^"]*)"/)
      const hidden = [...page.html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
      const own = hidden.map(([, name = '', value = '']) => [unescapeHtml(name), unescapeHtml(value)])
      return open(new URL(action, page.url), new URLSearchParams({ ...Object.fromEntries(own), ...fields }))
    },
    follow: (page, text) => open(new URL(find(page, new RegExp(`<a href="([^"]*)">[^<]*${text}`)), page.url)),
  }
}

function cookiesFor(jar: ReadonlyMap<string, Cookie>, { pathname }: URL): string {
  return [...jar.values()]
    .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

function keep(jar: Map<string, Cookie>, text: string, url: URL): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
  const path = /;\s*path=([^;]*)/i.exec(text)?.[1] ?? url.pathname.replace(/\/[^/]*$/, '/')
  const expires = Date.parse(/;\s*expires=([^;]*)/i.exec(text)?.[1] ?? '')
  const gone = /;\s*max-age=0/i.test(text) || expires < Date.now()
  if (gone) jar.delete(`${name};${path}`)
  else jar.set(`${name};${path}`, { name, value, path })
}

function find({ html, url, status }: Place, pattern: RegExp): string {
  const found = pattern.exec(html)?.[1]
  if (found !== undefined) return unescapeHtml(found)
  const text = html.replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  throw new Error(`${url} (${status}) has nothing like ${pattern}: ${text.slice(0, 500)}`)
}

function unescapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => named[name] ?? whole)
}
