/** What a token says, and what the mock knows of it. Nothing here keeps the token. */
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose'
import type { AccessRecord, Grant } from '../records.ts'
import type { Runtime } from '../runtime.ts'

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
  const current = await keys.current()
  for (const jwk of [current.publicJwk, ...(await keys.publicJwks())]) {
    if (!(await verifies(token, await importJWK(jwk, 'RS256')))) continue
    const role = jwk.kid === keys.kid ? 'the key that signs now' : 'an older key that is still published'
    if (jwk.kid !== header.kid)
      return { tone: 'bad', text: `Signed by the mock with ${jwk.kid}, but kid says otherwise.` }
    return keys.published.includes(jwk.kid ?? '')
      ? { tone: 'good', text: `Signed by the mock with ${jwk.kid}, ${role}.` }
      : { tone: 'bad', text: `Signed by the mock with ${jwk.kid}, which is not in the key set any more.` }
  }
  const foreign = await keys.foreign()
  if (await verifies(token, await importJWK(foreign.publicJwk, 'RS256'))) {
    return { tone: 'bad', text: 'Signed by the key that the mock uses for faults; it is never published.' }
  }
  if (await verifies(token, new TextEncoder().encode(current.publicPem))) {
    return { tone: 'bad', text: 'HS256 with the public key as the secret: one of the faults.' }
  }
  return { tone: 'bad', text: 'Not signed by any key that the mock has now.' }
}

async function verifies(token: string, key: Awaited<ReturnType<typeof importJWK>>): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [key instanceof Uint8Array ? 'HS256' : 'RS256'] })
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
  const { accessTokens, refreshTokens, idTokens, sessions } = runtime.records
  const access = accessTokens.get(token)
  if (access)
    return {
      tone: accessState(runtime, access) === 'live' ? 'good' : 'bad',
      text: `Access token for ${access.app.name}, ${accessState(runtime, access)}.`,
    }
  const refresh = refreshTokens.get(token)
  if (refresh) {
    const state = refresh.replaced ? 'replaced' : grantState(runtime, refresh.grant)
    return { tone: state === 'live' ? 'good' : 'bad', text: `Refresh token of ${refresh.grant.app.name}, ${state}.` }
  }
  const id = idTokens.get(token)
  if (id) return { tone: 'good', text: `ID token for ${id.app.name}.` }
  if ([...sessions.values()].some(({ cookie, sessionToken }) => cookie === token || sessionToken === token)) {
    return { tone: 'plain', text: 'Cookie of a session.' }
  }
  return {
    tone: 'plain',
    text: 'The mock has no record of it: made to order, of another mock, or from before a reset.',
  }
}

/** Whether userinfo would take an access token. */
export function accessState(runtime: Runtime, { revoked, expiresAt, grant }: AccessRecord): string {
  if (revoked) return 'revoked'
  if (expiresAt <= runtime.clock.now()) return 'expired'
  return grant ? grantState(runtime, grant) : 'live'
}

/** Whether a grant still gives tokens. */
export function grantState({ records, clock }: Runtime, { revoked, sessionId, refreshExpiresAt }: Grant): string {
  if (revoked) return 'revoked'
  if (records.sessions.get(sessionId)?.ended) return 'its session has ended'
  return refreshExpiresAt * 1000 <= clock.now() ? 'expired' : 'live'
}
