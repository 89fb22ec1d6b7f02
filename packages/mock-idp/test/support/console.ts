/** The console of a mock without a server, as a browser of this machine would use it. */
import type { MockIdp, MockIdpConfig } from '@countersign/mock-idp'
import { createConsole } from '../../src/console/console.ts'
import { consolePath } from '../../src/console/visit.ts'
import { buildMockIdp } from '../../src/mock-idp.ts'

export interface ConsoleAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface TestConsole {
  readonly idp: MockIdp
  /** Sends one request below the console. */
  send(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<ConsoleAnswer>
  /** Opens a page. */
  show(path: string): Promise<string>
  /** Sends a form as a page of the console does and opens the page it leads to. */
  act(path: string, fields?: Record<string, string>): Promise<string>
}

export const consoleHost = 'localhost:4455'
const origin = `http://${consoleHost}`

export function openConsole(config: MockIdpConfig = {}): TestConsole {
  const { idp, runtime } = buildMockIdp({ deterministic: {}, origin, ...config }, { consolePath })
  const console = createConsole(idp, runtime)
  const send: TestConsole['send'] = async (method, path, headers = {}, body) => {
    const init = { method, headers: { host: consoleHost, ...headers }, ...(body !== undefined && { body }) }
    const answer = await console(new Request(`${origin}${consolePath}${path}`, init), { loopbackPeer: true })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  const show = async (path: string): Promise<string> => {
    const { status, text } = await send('GET', path)
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`)
    return text
  }
  return {
    idp,
    send,
    show,
    async act(path, fields = {}) {
      const { status, headers, text } = await send('POST', path, { origin }, new URLSearchParams(fields).toString())
      if (status !== 303) throw new Error(`${path} answered ${status}: ${text}`)
      return show((headers.get('location') ?? '').slice(consolePath.length))
    },
  }
}
