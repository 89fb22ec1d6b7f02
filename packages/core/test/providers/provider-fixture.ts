/** Signs the recorded claims of a provider with a key of its own, and serves that key where the provider does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../../src/api/index.ts'

/** One token as recorded. */
export interface RecordedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** A provider as recorded: metadata, and tokens by name. */
export interface RecordedProvider {
  readonly metadata: { readonly issuer: string; readonly jwks_uri: string } & Readonly<Record<string, unknown>>
  readonly machine: RecordedToken
  readonly idToken: RecordedToken
  readonly [token: string]: RecordedToken | RecordedProvider['metadata']
}

const { publicKey, privateKey } = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(publicKey)), kid: 'recorded', use: 'sig' }

/** A file of the folder `fixtures`. */
export function recorded(name: string): RecordedProvider {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'))
}

/** A verifier whose keys are where the metadata says, and nowhere else. */
export function verifierAt(provider: RecordedProvider, options: AccessTokenVerifierOptions): AccessTokenVerifier {
  return createAccessTokenVerifier({
    ...options,
    clock: { now: () => 1_790_000_100_000 },
    fetch: async (url) =>
      url === provider.metadata.jwks_uri ? Response.json({ keys: [jwk] }) : new Response(null, { status: 404 }),
  })
}

/** A token with some claims changed; undefined takes one away. */
export function signed(token: unknown, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { header, claims } = token as RecordedToken
  return new SignJWT({ ...claims, ...changes })
    .setProtectedHeader({ ...header, alg: 'RS256', kid: 'recorded' })
    .sign(privateKey)
}
