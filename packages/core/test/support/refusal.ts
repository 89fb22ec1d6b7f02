import { inspect } from 'node:util'
import { createMockIdp, type FaultName, type MockIdpConfig } from '@countersign/mock-idp'
import { expect, vi } from 'vitest'
import type { ErrorCode } from '../../src/error-codes.ts'
import { type ErrorPhase, isOidcError } from '../../src/errors.ts'
import type { Client } from '../../src/protocol/client.ts'
import { breakOnce, createTestClient, type TestClient } from './login.ts'

/** Everything a log could show of an error. */
export function shown(error: unknown): string {
  const { message, stack, cause } = error as Error
  return [
    message,
    stack,
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true }),
    inspect(cause, { depth: 10 }),
  ].join('\n')
}

/** Codes, verifiers and tokens in a form or in JSON. */
export function secretsIn(text: string): string[] {
  const found = text.matchAll(/(?:code|code_verifier|refresh_token|access_token|id_token)["=:\s]+([\w.-]{20,})/g)
  return [...found].map(([, secret = '']) => secret)
}

/** What a refused login has to look like. */
export interface Refusal {
  readonly fault: FaultName
  readonly options?: Readonly<Record<string, unknown>>
  readonly code: ErrorCode
  readonly phase: ErrorPhase
  /** Token requests that went out. Default 1, or 0 in the phase `authorization`. */
  readonly tokenRequests?: number
  /** What is different about the client. */
  readonly client?: Partial<Client>
  readonly config?: MockIdpConfig
}

/**
 * Spoils one login and checks it: a typed error and nothing else, no request after the bad answer, nothing secret shown,
 * nothing logged. Then the same client signs in at the same provider without the fault.
 */
export async function expectRefusedLogin({ fault, options, code, phase, client = {}, config, ...rest }: Refusal) {
  const { tokenRequests = phase === 'authorization' ? 0 : 1 } = rest
  const idp = createMockIdp({ compat: { authorizationResponseIss: true, emitAtHash: true }, ...config })
  const test = await createTestClient(idp)
  Object.assign(test.context, { client: { ...test.context.client, ...client } })
  const secrets = rememberSecrets(test)
  const log = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))

  breakOnce(idp, fault, options)
  const error: unknown = await test.login().then(
    () => undefined,
    (reason) => reason,
  )

  expect(error).toMatchObject({ code, phase })
  expect(isOidcError(error)).toBe(true)
  const sent = test.requests.map(({ path }) => path.split('/').at(-1))
  expect(sent.filter((name) => name === 'token')).toHaveLength(tokenRequests)
  expect(sent.filter((name) => name !== 'token' && name !== 'jwks.json' && name !== 'openid-configuration')).toEqual([])
  expect(secrets.size).toBeGreaterThanOrEqual(2 * tokenRequests)
  for (const secret of secrets) expect(shown(error)).not.toContain(secret)
  for (const method of log) {
    expect(method).not.toHaveBeenCalled()
    method.mockRestore()
  }

  await expect(test.login()).resolves.toMatchObject({ claims: { iss: idp.issuer } })
}

function rememberSecrets({ context }: TestClient): ReadonlySet<string> {
  const secrets = new Set<string>()
  const { fetch = globalThis.fetch } = context.transport
  const remember = (text: string) => {
    for (const secret of secretsIn(text)) secrets.add(secret)
  }
  const transport = {
    async fetch(url: string, init: RequestInit) {
      remember(decodeURIComponent(String(init.body ?? '')))
      const response = await fetch(url, init)
      // Half of an answer has no text.
      await response
        .clone()
        .text()
        .then(remember, () => {})
      return response
    },
  }
  Object.assign(context, { transport })
  return secrets
}
