/** Which client speaks at the token and revocation endpoints (IDP-SPEC 2.1, "Client identification"). */
import type { Parameters } from './parameters.ts'
import { oauthProblem, type Problem, serviceProblem } from './problem.ts'

/** What a request says about its client; nothing is checked yet. */
export interface PresentedCredentials {
  /** Readings of the pair: as sent, and form-decoded (RFC 6749 section 2.3.1). Without a secret there is one. */
  readonly pairs: readonly { readonly clientId: string; readonly secret?: string }[]
  readonly method: 'basic' | 'post' | 'none'
}

/**
 * Reads the client's credentials, from the header first, then from the body.
 *
 * @throws {Problem} `invalid_client` for an unusable header or an assertion, `invalid_request` when header and body name
 *   two clients, `E011002` when there is no client id at all.
 */
export function readCredentials(request: Request, body: Parameters): PresentedCredentials {
  if (body.get('client_assertion') !== undefined) {
    throw oauthProblem(401, 'invalid_client', 'client_assertion is not supported in this version')
  }
  const header = request.headers.get('authorization')
  if (header !== null && /^basic /i.test(header)) return readBasic(header, body)
  const clientId = body.get('client_id')
  if (clientId === undefined) throw serviceProblem(400, 'E011002', 'client_id is missing')
  const secret = body.get('client_secret')
  return secret === undefined
    ? { pairs: [{ clientId }], method: 'none' }
    : { pairs: [{ clientId, secret }], method: 'post' }
}

/** An id and a secret. */
interface Pair {
  readonly clientId: string
  readonly secret: string
}

/** Both readings of a Basic header: as sent, and form-decoded (RFC 6749 section 2.3.1). Throws `invalid_client`. */
export function basicCredentials(header: string): { readonly raw: Pair; readonly form: Pair } {
  const decoded = decodeBase64(header.slice('basic '.length).trim())
  const colon = decoded?.indexOf(':') ?? -1
  if (decoded === undefined || colon < 1) throw invalidClient('basic', 'the Basic header is not id:secret in base64')
  const raw = { clientId: decoded.slice(0, colon), secret: decoded.slice(colon + 1) }
  return { raw, form: { clientId: formDecode(raw.clientId), secret: formDecode(raw.secret) } }
}

function readBasic(header: string, body: Parameters): PresentedCredentials {
  const { raw, form } = basicCredentials(header)
  const pairs = [raw, form]
  const named = body.get('client_id')
  if (named !== undefined && !pairs.some((pair) => pair.clientId === named)) {
    throw oauthProblem(400, 'invalid_request', 'client_id in header and body differ')
  }
  return { pairs, method: 'basic' }
}

/** `invalid_client`, with a challenge when the header was used (RFC 6749 section 5.2). */
export function invalidClient(method: PresentedCredentials['method'], description: string): Problem {
  const headers = method === 'basic' ? { 'WWW-Authenticate': 'Basic realm="oauth2"' } : undefined
  return oauthProblem(401, 'invalid_client', description, headers)
}

function decodeBase64(text: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
  } catch {
    return undefined
  }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
