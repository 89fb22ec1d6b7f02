/** One keep-alive HTTP client for every candidate, and a browser on top of it that keeps cookies. */
import { Agent, request } from 'node:http'

const agent = new Agent({ keepAlive: true })

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly cookies: readonly string[]
  readonly body: string
}

/** Sends one request: a POST of a form when there is one, else a GET. */
export function send(
  url: string | URL,
  options: {
    readonly form?: Readonly<Record<string, string>>
    readonly headers?: Readonly<Record<string, string>>
  } = {},
): Promise<Answer> {
  const { form, headers } = options
  const body = form && new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(body !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
          ...headers,
        },
      },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            location: incoming.headers.location,
            cookies: incoming.headers['set-cookie'] ?? [],
            body: text,
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Sends one request and reads the JSON that must come back with status 200. */
export async function sendForJson(...parameters: Parameters<typeof send>): Promise<Record<string, unknown>> {
  const { status, body } = await send(...parameters)
  if (status !== 200) throw new Error(`${parameters[0]} answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body) as Record<string, unknown>
}

/** A browser without pages: it keeps cookies and follows redirects up to the application. */
export interface Browser {
  readonly cookies: Map<string, string>
  /** Follows redirects from `url` until they lead to `redirectUri`, or to a page. */
  open(url: string, form?: Readonly<Record<string, string>>): Promise<{ readonly url: URL; readonly page?: string }>
}

/** Where the application under test lives; nothing listens there. */
export const redirectUri = 'http://localhost:5173/callback'

/** Opens a browser. */
export function createBrowser(cookies: Iterable<readonly [string, string]> = []): Browser {
  const jar = new Map(cookies)
  return {
    cookies: jar,
    async open(start, startForm) {
      let url = new URL(start)
      let form = startForm
      for (let hops = 0; hops < 10; hops++) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const headers = { accept: 'text/html', ...(cookie !== '' && { cookie }) }
        const answer = await send(url, { headers, ...(form && { form }) })
        for (const one of answer.cookies) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? []
          if (value === '') jar.delete(name)
          else jar.set(name, value)
        }
        if (answer.location === undefined) {
          if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.body.slice(0, 300)}`)
          return { url, page: answer.body }
        }
        url = new URL(answer.location, url)
        if (url.href.startsWith(redirectUri)) return { url }
        form = undefined
      }
      throw new Error(`${start} redirects in circles`)
    },
  }
}
