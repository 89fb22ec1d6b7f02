/** Requests that the standard profile makes itself: client documents, key sets, logout notes. */
import type { MockIdpConfig } from '../config/config.ts'

const timeoutMs = 5000

/** Sends requests to loopback, and to hosts that were opened one by one. */
export interface Network {
  /** True for an https URL, or an http one on loopback, whose host may be called. */
  allows(url: string): boolean
  /**
   * Sends a request; redirects are not followed.
   *
   * @throws {TypeError} When the host may not be called, when it does not answer, or after five seconds.
   */
  send(request: Request): Promise<Response>
  /**
   * Gets a JSON object of at most `mostBytes`.
   *
   * @throws {TypeError} For anything else.
   */
  getJson(url: string, mostBytes: number): Promise<Readonly<Record<string, unknown>>>
}

/** Creates the network of one mock from `standard.fetch` and `standard.allowNetwork`. */
export function createNetwork({ standard = {} }: MockIdpConfig): Network {
  const { allowNetwork = [], fetch: call = (request: Request) => fetch(request) } = standard
  const allows = (url: string): boolean => {
    if (!URL.canParse(url)) return false
    const { protocol, host, hostname, username, password } = new URL(url)
    if (username !== '' || password !== '') return false
    const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
    if (protocol === 'http:') return isLoopback
    return protocol === 'https:' && (isLoopback || allowNetwork.includes(host) || allowNetwork.includes(hostname))
  }
  const send = async (request: Request): Promise<Response> => {
    if (!allows(request.url)) {
      throw new TypeError(`the network is off: list ${new URL(request.url).host} in config.standard.allowNetwork`)
    }
    const signal = AbortSignal.timeout(timeoutMs)
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new TypeError(`no answer within ${timeoutMs / 1000} s`)))
    })
    return Promise.race([call(new Request(request, { redirect: 'manual', signal })), late])
  }
  return {
    allows,
    send,
    async getJson(url, mostBytes) {
      const response = await send(new Request(url, { headers: { accept: 'application/json' } }))
      if (response.status !== 200) throw new TypeError(`the answer has the status ${response.status}, not 200`)
      const type = response.headers.get('content-type') ?? ''
      if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) throw new TypeError('the answer is not JSON')
      const value: unknown = JSON.parse(await boundedText(response, mostBytes))
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new TypeError('the answer is no object')
      return value as Readonly<Record<string, unknown>>
    },
  }
}

/** Reads a body and stops at the bound, whatever its headers say. */
async function boundedText(response: Response, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let [text, size] = ['', 0]
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new TypeError(`the answer is larger than ${mostBytes} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
