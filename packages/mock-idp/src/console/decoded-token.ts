/** What a token says, and what the mock knows of it. Nothing here keeps the token. */
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import type { Runtime } from '../runtime.ts'
import { type SigningKey, signingAlgorithms } from '../tokens/keys.ts'
import { issuedTokens } from './issued-tokens.ts'

/** Something that was found out about a token. */
export interface Finding {
  readonly tone: 'good' | 'bad' | 'plain'
  readonly text: string
}

/** A token in its parts. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signature: Finding
  readonly time: Finding
  readonly record: Finding
}

/** Takes a token apart. `undefined` when it is no JWT. */
export async function decodeToken(runtime: Runtime, token: string): Promise<DecodedToken | undefined> {
  try {
    const header: Readonly<Record<string, unknown>> = { ...decodeProtectedHeader(token) }
    const claims: Readonly<Record<string, unknown>> = decodeJwt(token)
    const signature = await signatureOf(runtime, token, header)
    return { header, claims, signature, time: timeOf(runtime, claims), record: recordOf(runtime, token) }
  } catch {
    return undefined
  }
}

async function signatureOf(runtime: Runtime, token: string, header: DecodedToken['header']): Promise<Finding> {
  const { keys } = runtime
  if (header.alg === 'none') return { tone: 'bad', text: 'Not signed: alg is none.' }
  const current = await currentKey(runtime, header.alg)
  for (const jwk of [current.publicJwk, ...(await keys.publicJwks())]) {
    if (!(await verifies(token, await importJWK(jwk), String(jwk.alg)))) continue
    const role = jwk.kid === current.kid ? 'the key that signs now' : 'an older key that is still published'
    if (jwk.kid !== header.kid)
      return { tone: 'bad', text: `Signed by the mock with ${jwk.kid}, but kid says otherwise.` }
    return keys.published.includes(jwk.kid ?? '')
      ? { tone: 'good', text: `Signed by the mock with ${jwk.kid}, ${role}.` }
      : { tone: 'bad', text: `Signed by the mock with ${jwk.kid}, which is not in the key set any more.` }
  }
  const foreign = await keys.foreign(current.alg)
  if (await verifies(token, await importJWK(foreign.publicJwk), foreign.alg)) {
    return { tone: 'bad', text: 'Signed by the key that the mock uses for faults; it is never published.' }
  }
  if (await verifies(token, new TextEncoder().encode(current.publicPem), 'HS256')) {
    return { tone: 'bad', text: 'HS256 with the public key as the secret: one of the faults.' }
  }
  return { tone: 'bad', text: 'Not signed by any key that the mock has now.' }
}

/** The key that signs now by the algorithm of a header; the one of RS256 when the mock does not have it. */
function currentKey({ keys, project }: Runtime, alg: unknown): Promise<SigningKey> {
  const known = project.profile === 'standard' ? signingAlgorithms.find((one) => one === alg) : undefined
  return keys.current(known)
}

async function verifies(token: string, key: Awaited<ReturnType<typeof importJWK>>, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}

function timeOf({ clock }: Runtime, { exp, nbf }: DecodedToken['claims']): Finding {
  const now = clock.now() / 1000
  if (typeof exp !== 'number') return { tone: 'bad', text: 'There is no exp, so it never expires.' }
  if (exp <= now) return { tone: 'bad', text: "Expired by the mock's clock." }
  if (typeof nbf === 'number' && nbf > now) return { tone: 'bad', text: "Not yet valid by the mock's clock." }
  return { tone: 'good', text: "Not expired by the mock's clock." }
}

function recordOf(runtime: Runtime, token: string): Finding {
  const issued = issuedTokens(runtime).find(({ text }) => text === token)
  if (issued) {
    const { kind, app, state } = issued
    const isGood = state === '' || state === 'live'
    return { tone: isGood ? 'good' : 'bad', text: `${kindNames[kind]} of ${app}${state === '' ? '' : `, ${state}`}.` }
  }
  const sessions = [...runtime.records.sessions.values()]
  if (sessions.some(({ cookie, sessionToken }) => cookie === token || sessionToken === token)) {
    return { tone: 'plain', text: 'Cookie of a session.' }
  }
  return {
    tone: 'plain',
    text: 'The mock has no record of it: made to order, of another mock, or from before a reset.',
  }
}

/** What each kind of token is called. */
export const kindNames = { access: 'Access token', id: 'ID token', refresh: 'Refresh token' } as const
