import { demoProject, type FaultName, type MockIdp } from '@countersign/mock-idp'
import type { Clock } from '../../src/clock.ts'
import { buildAuthorizationUrl } from '../../src/protocol/authorization-request.ts'
import { validateAuthorizationResponse } from '../../src/protocol/authorization-response.ts'
import { discover } from '../../src/protocol/discovery.ts'
import { createKeySet } from '../../src/protocol/key-set.ts'
import { createPkce, randomText } from '../../src/protocol/pkce.ts'
import { exchangeAuthorizationCode, type TokenRequestContext } from '../../src/protocol/token-request.ts'
import type { FetchFunction } from '../../src/protocol/transport.ts'
import type { TokenSet } from '../../src/tokens.ts'

/** A client of one mock, and every request it has sent. */
export interface TestClient {
  readonly context: TokenRequestContext
  readonly requests: { readonly path: string; readonly body: string }[]
  /** Logs in with the given faults and answers with the tokens. */
  login(options?: {
    readonly scope?: string
    readonly parameters?: Readonly<Record<string, string>>
    readonly user?: string
    /** What is typed on further screens. */
    readonly inputs?: Readonly<Record<string, string>>
    readonly change?: (url: URL) => void
  }): Promise<TokenSet>
}

/** Makes a `fetch` that ends in the mock and notes each request. */
export function recordingFetch(idp: MockIdp, requests: { path: string; body: string }[] = []): FetchFunction {
  return async (url, init) => {
    const request = new Request(url, init)
    requests.push({ path: new URL(url).pathname, body: await request.clone().text() })
    return idp.fetch(request)
  }
}

const redirectUri = 'http://localhost:4460/callback'

/** Discovers the mock and logs Mira in through protocol functions. */
export async function createTestClient(
  idp: MockIdp,
  options: { readonly clock?: Clock; readonly estimateServerTime?: boolean } = {},
): Promise<TestClient> {
  const { clock = { now: () => idp.clock.now() }, estimateServerTime = false } = options
  const requests: { path: string; body: string }[] = []
  const transport = { fetch: recordingFetch(idp, requests) }
  const context: TokenRequestContext = {
    server: await discover(idp.issuer, transport),
    client: { clientId: demoProject.oidc.clientId },
    keys: createKeySet(transport),
    clock,
    transport,
  }
  return {
    context,
    requests,
    async login({
      scope = 'openid profile email',
      parameters = {},
      user = demoProject.users.mira.loginId,
      inputs = {},
      change,
    } = {}) {
      const { codeVerifier, codeChallenge } = await createPkce()
      const [state, nonce] = [randomText(), randomText()]
      const url = buildAuthorizationUrl(context.server, {
        clientId: context.client.clientId,
        redirectUri,
        scope,
        state,
        nonce,
        codeChallenge,
        parameters,
      })
      const callback = await idp.driver.login(url, { user, inputs })
      change?.(callback)
      const response = validateAuthorizationResponse(context.server, callback, state)
      return exchangeAuthorizationCode(context, response, {
        redirectUri,
        codeVerifier,
        nonce,
        scope,
        estimateServerTime,
      })
    },
  }
}

/** Makes the mock misbehave once. */
export function breakOnce<Name extends FaultName>(
  idp: MockIdp,
  name: Name,
  options?: Readonly<Record<string, unknown>>,
): void {
  idp.faults.next(name, options as never)
}
