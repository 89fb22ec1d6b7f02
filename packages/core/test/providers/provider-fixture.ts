/** Serves what was recorded of a provider where the provider does, and signs tokens of its shapes with a key of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../../src/api/index.ts'
import type { FetchFunction } from '../../src/index.ts'

/** The shape of one token. */
export interface RecordedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** A key set as published. */
export interface RecordedKeys {
  readonly keys: readonly { readonly kid: string; readonly use: string }[]
}

/** A provider: metadata and keys as published, with the headers of these answers where they were recorded, and tokens by name. */
export interface RecordedProvider {
  readonly metadata: { readonly issuer: string; readonly jwks_uri: string } & Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<'metadata' | 'keys', Record<string, string>>>
  readonly keys: RecordedKeys
  readonly machine: RecordedToken
  readonly idToken: RecordedToken
  readonly [token: string]: unknown
}

/** A token that the provider itself has signed for a machine, with the keys it published then. */
export interface SignedRecording {
  /** Default: those of the provider's own file. */
  readonly keys?: RecordedKeys
  readonly token: string
}

const { publicKey, privateKey } = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(publicKey)), kid: 'recorded', use: 'sig' }

/** A file of the folder `fixtures`. */
export function recorded(name: string): RecordedProvider {
  return readFixture(name)
}

/** The tokens that providers have signed, by the names of their files. */
export function signedRecordings(): Readonly<Record<string, SignedRecording>> {
  return readFixture('signed-tokens')
}

function readFixture(name: string) {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'))
}

/** The same keys with our own behind them, under which the tokens of {@link signed} are. */
export function withOwnKey({ keys }: RecordedKeys): RecordedKeys {
  return { keys: [...keys, jwk] }
}

/** Answers as the provider does: metadata and keys at their addresses with the recorded headers, and nothing elsewhere. */
export function servedBy({ metadata, headers }: RecordedProvider, keys: RecordedKeys): FetchFunction {
  const json = { 'content-type': 'application/json' }
  const answers = new Map([
    [
      `${metadata.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      () => new Response(JSON.stringify(metadata), { headers: headers?.metadata ?? json }),
    ],
    [metadata.jwks_uri, () => new Response(JSON.stringify(keys), { headers: headers?.keys ?? json })],
  ])
  return async (url) => answers.get(url)?.() ?? new Response(null, { status: 404 })
}

/** A verifier whose keys, with our own among them, are where the metadata says, and nowhere else. */
export function verifierAt(provider: RecordedProvider, options: AccessTokenVerifierOptions): AccessTokenVerifier {
  return createAccessTokenVerifier({
    clock: { now: () => 1_790_000_100_000 },
    fetch: servedBy(provider, withOwnKey(provider.keys)),
    ...options,
  })
}

/** A token with some claims changed; undefined takes one away. */
export function signed(token: unknown, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { header, claims } = token as RecordedToken
  return new SignJWT({ ...claims, ...changes })
    .setProtectedHeader({ ...header, alg: 'RS256', kid: 'recorded' })
    .sign(privateKey)
}
