/** A token source over a mock IdP in the same process, and what it sent. */
import { createMockIdp, demoProject, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from '../../src/agent/index.ts'

export interface SentTokenRequest {
  readonly authorization: string | null
  readonly body: URLSearchParams
}

export interface AgentFixture {
  readonly idp: MockIdp
  readonly source: TokenSource
  /** Last parts of the paths that were asked for. */
  readonly requests: string[]
  readonly tokenRequests: SentTokenRequest[]
}

/** What a test may put in place of an answer of the mock. */
export type Intercept = (url: string, init: RequestInit) => Response | Promise<Response> | undefined

/** The source is the demo agent, an inbound app that the provider is discovered for. */
export function setUpAgent(
  options: Partial<TokenSourceOptions> = {},
  { config = {}, intercept }: { config?: MockIdpConfig; intercept?: Intercept } = {},
): AgentFixture {
  const idp = createMockIdp({ deterministic: {}, ...config })
  const requests: string[] = []
  const tokenRequests: SentTokenRequest[] = []
  const { clientId, clientSecret } = demoProject.agent
  const source = createTokenSource({
    issuer: idp.inboundIssuer,
    clientId,
    clientSecret,
    clock: idp.clock,
    fetch: async (url, init) => {
      requests.push(new URL(url).pathname.replace(/.*\//, ''))
      const request = new Request(url, init)
      if (request.method === 'POST') {
        const body = new URLSearchParams(await request.clone().text())
        tokenRequests.push({ authorization: request.headers.get('authorization'), body })
      }
      return (await intercept?.(url, init)) ?? idp.fetch(request)
    },
    ...options,
  })
  return { idp, source, requests, tokenRequests }
}

/** Code of a rejection. */
export async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no error',
    (error: { code?: unknown }) => error.code,
  )
}
