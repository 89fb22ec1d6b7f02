/** A relying party in a few lines, written against the wire and nothing else. */
import { createMockIdp, demoProject, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'

export type Kind = 'oidc' | 'inbound'

/** Where the tests' application is said to live; nothing listens there. */
export const redirectUri = 'http://localhost:5173/callback'

/** Verifier and challenge of IDP-SPEC S-165. */
export const verifier = 'N7QLWqAp2aYxDGRtqbXjbfusYLE97XAui-nnW9hOofI'
export const challenge = 'KM6LN2hMVS5xeS3CHhoNuHtqtWD0-EIbkIq8u_KZl3U'

export const { mira, noa, iva } = demoProject.users

/** A mock that gives the same bytes in each run. */
export function fixedIdp(config: MockIdpConfig = {}): MockIdp {
  return createMockIdp({ deterministic: {}, ...config })
}

export const basePath = (kind: Kind): string => (kind === 'oidc' ? '/oauth2/v1' : '/oauth2/v1/apps')

const defaultScope = { oidc: 'openid profile email', inbound: 'openid contacts.read' }

export const clientIdOf = { oidc: demoProject.oidc.clientId, inbound: demoProject.spa.clientId }

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

/** Form or query pairs; `undefined` leaves a field out, an array repeats it. */
export function pairs(fields: Fields): URLSearchParams {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of value === undefined ? [] : [value].flat()) search.append(name, one)
  }
  return search
}

/** A good authorize URL with changes. */
export function authorizeUrl(idp: MockIdp, changes: Fields = {}, kind: Kind = 'oidc'): URL {
  const url = new URL(`${basePath(kind)}/authorize`, idp.origin)
  url.search = pairs({
    response_type: 'code',
    client_id: clientIdOf[kind],
    redirect_uri: redirectUri,
    scope: defaultScope[kind],
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }).toString()
  return url
}

export function get(idp: MockIdp, target: string | URL, headers: Record<string, string> = {}): Promise<Response> {
  return idp.fetch(new Request(new URL(target, idp.origin), { headers }))
}

export function post(
  idp: MockIdp,
  path: string,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<Response> {
  return idp.fetch(new Request(new URL(path, idp.origin), { method: 'POST', headers, body: pairs(fields) }))
}

/** The parameters of an authorize answer that redirects at once. */
export async function authorize(idp: MockIdp, changes: Fields = {}, kind: Kind = 'oidc'): Promise<URLSearchParams> {
  const response = await get(idp, authorizeUrl(idp, changes, kind))
  return new URL(response.headers.get('location') ?? 'about:blank').searchParams
}

/** Signs Mira (or another user) in and gives the code. */
export async function codeFor(idp: MockIdp, changes: Fields = {}, kind: Kind = 'oidc', user = mira.loginId) {
  idp.driver.clearCookies()
  const callback = await idp.driver.login(authorizeUrl(idp, changes, kind), { user })
  const code = callback.searchParams.get('code')
  if (code === null) throw new Error(`no code came back: ${callback}`)
  return code
}

/** The body of a token answer or of an error. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // Wire data of any shape: the tests look at what should be there.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}

export async function token(
  idp: MockIdp,
  fields: Fields,
  kind: Kind = 'oidc',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(await post(idp, `${basePath(kind)}/token`, fields, headers))
}

/** Redeems a code as the public client does, with changes. */
export function redeem(idp: MockIdp, code: string, changes: Fields = {}, kind: Kind = 'oidc'): Promise<Answer> {
  return token(
    idp,
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: clientIdOf[kind],
      code_verifier: verifier,
      ...changes,
    },
    kind,
  )
}

/** The whole login; `body` holds the tokens. */
export async function signIn(idp: MockIdp, changes: Fields = {}, kind: Kind = 'oidc', user = mira.loginId) {
  const answer = await redeem(idp, await codeFor(idp, changes, kind, user), {}, kind)
  if (answer.status !== 200) throw new Error(`no tokens came back: ${JSON.stringify(answer.body)}`)
  return answer.body
}

export function refresh(idp: MockIdp, refreshToken: string, changes: Fields = {}, kind: Kind = 'oidc') {
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientIdOf[kind], ...changes }
  return token(idp, fields, kind)
}

export async function userinfo(idp: MockIdp, accessToken: string, kind: Kind = 'oidc'): Promise<Answer> {
  return answerOf(await get(idp, `${basePath(kind)}/userinfo`, { authorization: `Bearer ${accessToken}` }))
}

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
})

function part(jwt: string, index: number) {
  return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString())
}

export const headerOf = (jwt: string) => part(jwt, 0)
export const claimsOf = (jwt: string) => part(jwt, 1)
