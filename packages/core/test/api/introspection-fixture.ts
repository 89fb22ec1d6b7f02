/** An API that gets opaque tokens of a mock in the standard profile, and asks the mock about them. */
import { createMockIdp, type FaultName, type MockIdp } from '@countersign/mock-idp'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
  createTokenIntrospection,
  type TokenIntrospection,
  type TokenIntrospectionOptions,
} from '../../src/api/index.ts'
import { clientSecretBasic } from '../../src/index.ts'

export const files = 'https://files.example'
const agent = { id: 'agent', secret: 'secret of the agent, long enough' }
export const api = { id: 'files-api', secret: 'secret of the API: %+é/~*' }

export interface IntrospectionFixture {
  readonly idp: MockIdp
  readonly verifier: AccessTokenVerifier
  readonly introspection: TokenIntrospection
  /** An opaque token of the agent. */
  readonly token: string
  /** Another one, with another form field or header. */
  order(fields?: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<string>
  /** How often the mock was asked about a token. */
  questions(): number
  revoke(token: string): Promise<void>
  /** Arms a fault for the next question. */
  breakNext(name: FaultName): void
}

/** What a test may put in place of an answer of the mock. */
type Intercept = (url: string, init: RequestInit) => Response | Promise<Response> | undefined

export async function setUpIntrospection(
  options: Partial<TokenIntrospectionOptions> = {},
  verifierOptions: Partial<AccessTokenVerifierOptions> = {},
  intercept?: Intercept,
): Promise<IntrospectionFixture> {
  const grants = ['client_credentials'] as const
  const idp = createMockIdp({
    profile: 'standard',
    deterministic: {},
    standard: { dpopNonces: 'off' },
    clients: [
      { client_id: agent.id, client_secret: agent.secret, grant_types: grants },
      { client_id: api.id, client_secret: api.secret, grant_types: grants },
    ],
    resources: [
      { identifier: files, scopes: ['files.read', 'files.write'], format: 'opaque', introspectors: [api.id] },
    ],
  })
  const fetch = async (url: string, init: RequestInit) =>
    (await intercept?.(url, init)) ?? idp.fetch(new Request(url, init))
  const introspection = createTokenIntrospection({
    issuer: idp.issuer,
    clientId: api.id,
    authentication: clientSecretBasic(api.secret),
    clock: idp.clock,
    fetch,
    ...options,
  })
  const verifier = createAccessTokenVerifier({
    issuer: idp.issuer,
    audience: files,
    clock: idp.clock,
    fetch,
    introspection,
    ...verifierOptions,
  })
  const post = (
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) =>
    idp.fetch(
      new Request(`${idp.origin}${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${agent.id}:${encodeURIComponent(agent.secret)}`)}`, ...headers },
        body: new URLSearchParams(fields),
      }),
    )
  const order: IntrospectionFixture['order'] = async (fields, headers) => {
    const form = { grant_type: 'client_credentials', resource: files, scope: 'files.read', ...fields }
    const { access_token: token, ...answer } = await (await post('/token', form, headers)).json()
    if (typeof token !== 'string') throw new Error(`no token came back: ${JSON.stringify(answer)}`)
    return token
  }
  return {
    idp,
    verifier,
    introspection,
    token: await order(),
    order,
    questions: () => idp.log.entries.filter(({ endpoint }) => endpoint === 'introspect').length,
    async revoke(token) {
      await post('/revoke', { token })
    },
    breakNext: (name) => idp.faults.next(name),
  }
}
