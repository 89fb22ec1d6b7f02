/** A mock IdP in the same process, a verifier that reads its keys, and tokens with one thing changed. */
import { createMockIdp, demoProject, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { expect } from 'vitest'
import { buildVerifier, type VerifierInternals } from '../../src/api/access-token-verifier.ts'
import type { AccessTokenVerifier, AccessTokenVerifierOptions } from '../../src/api/index.ts'
import { defaultSignatures, type Signatures } from '../../src/api/signatures.ts'
import { type ErrorCode, isOidcError, type OidcError } from '../../src/index.ts'

export type TokenOrder = NonNullable<Parameters<MockIdp['tokens']['accessToken']>[0]>

export interface ApiFixture {
  readonly idp: MockIdp
  readonly verifier: AccessTokenVerifier
  /** Last parts of the paths that were asked for. */
  readonly requests: string[]
  /** A token of the demo agent, with changes. */
  order(changes?: TokenOrder): Promise<string>
}

/** What a test may replace in an answer of the mock. */
export type Intercept = (url: string, init: RequestInit) => Response | Promise<Response> | undefined

let internals: VerifierInternals = {}

/** Has every verifier of this file check signatures in one way. */
export function useInternals(inside: VerifierInternals): void {
  internals = inside
}

/** The way that signatures are checked in this file. */
export function signaturesUnderTest(): Signatures {
  return internals.signatures ?? defaultSignatures()
}

export interface ApiSurroundings {
  readonly config?: MockIdpConfig
  readonly intercept?: Intercept
  readonly inside?: VerifierInternals
}

export function setUpApi(
  options: Partial<AccessTokenVerifierOptions> = {},
  { config = {}, intercept, inside }: ApiSurroundings = {},
): ApiFixture {
  const idp = createMockIdp({ deterministic: {}, ...config })
  const requests: string[] = []
  const verifier = buildVerifier(
    {
      issuer: idp.inboundIssuer,
      audience: idp.projectId,
      clock: idp.clock,
      fetch: async (url, init) => {
        requests.push(new URL(url).pathname.replace(/.*\//, ''))
        return (await intercept?.(url, init)) ?? idp.fetch(new Request(url, init))
      },
      ...options,
    },
    { ...internals, ...inside },
  )
  return {
    idp,
    verifier,
    requests,
    order: (changes) =>
      idp.tokens.accessToken({ client: demoProject.agent.clientId, scope: 'contacts.read', ...changes }),
  }
}

/** Replaces header or payload of a token by any text; its signature no longer fits. */
export function forge(token: string, parts: { readonly header?: string; readonly payload?: string }): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  return [
    parts.header === undefined ? header : encode(parts.header),
    parts.payload === undefined ? payload : encode(parts.payload),
    signature,
  ].join('.')
}

/** The JSON text of a part of a token. */
export function decodePart(token: string, index: 0 | 1): string {
  return Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()
}

/** The error of a call that has to fail with this code. */
export async function failure(code: ErrorCode, call: Promise<unknown>): Promise<OidcError> {
  const error = await call.then(
    () => expect.unreachable(`expected ${code}`),
    (reason: unknown) => reason,
  )
  if (!isOidcError(error)) throw error
  expect(error).toMatchObject({ code })
  return error
}
