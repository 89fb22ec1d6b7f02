/** A client of the standard profile in a few lines, written against the wire and nothing else. */
import { createMockIdp, type MockIdp, type MockIdpConfig, standardDemo } from '@countersign/mock-idp'
import { type Answer, answerOf, basic, challenge, get, mira, pairs, post, verifier } from './relying-party.ts'

type Fields = Parameters<typeof pairs>[0]

export const { spa, web, service, device, resources } = standardDemo

/** A mock of the standard profile that gives the same answers in each run. */
export function standardIdp(config: MockIdpConfig = {}): MockIdp {
  return createMockIdp({ profile: 'standard', deterministic: {}, ...config })
}

/** A good authorize URL of the single-page app with changes. */
export function authorizeUrl(idp: MockIdp, changes: Fields = {}): URL {
  const url = new URL('/authorize', idp.origin)
  url.search = pairs({
    response_type: 'code',
    client_id: spa.clientId,
    redirect_uri: spa.redirectUri,
    scope: 'openid profile email',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }).toString()
  return url
}

/** The answer of the authorization endpoint itself. */
export function authorize(idp: MockIdp, changes: Fields = {}, headers: Record<string, string> = {}): Promise<Response> {
  return get(idp, authorizeUrl(idp, changes), headers)
}

/** The parameters that an authorize answer brings to the redirect URI at once. */
export async function callbackOf(idp: MockIdp, changes: Fields = {}): Promise<URLSearchParams> {
  const response = await authorize(idp, changes)
  const location = response.headers.get('location') ?? 'about:blank'
  return new URL(location.replace('#', '?')).searchParams
}

/** Signs Mira (or another user) in, from nothing, and gives the callback. */
export async function login(idp: MockIdp, changes: Fields = {}, user = mira.loginId): Promise<URL> {
  idp.driver.clearCookies()
  return idp.driver.login(authorizeUrl(idp, changes), { user })
}

/** The code of a login. */
export async function codeFor(idp: MockIdp, changes: Fields = {}, user = mira.loginId): Promise<string> {
  const callback = await login(idp, changes, user)
  const code = callback.searchParams.get('code')
  if (code === null) throw new Error(`no code came back: ${callback}`)
  return code
}

export async function token(idp: MockIdp, fields: Fields, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(await post(idp, '/token', fields, headers))
}

/** Redeems a code as the single-page app does, with changes. */
export function redeem(
  idp: MockIdp,
  code: string,
  changes: Fields = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: spa.redirectUri,
    client_id: spa.clientId,
    code_verifier: verifier,
    ...changes,
  }
  return token(idp, fields, headers)
}

/** The whole login of the single-page app; gives the tokens. */
export async function signIn(idp: MockIdp, changes: Fields = {}, user = mira.loginId): Promise<Answer['body']> {
  const answer = await redeem(idp, await codeFor(idp, changes, user))
  if (answer.status !== 200) throw new Error(`no tokens came back: ${JSON.stringify(answer.body)}`)
  return answer.body
}

export function refresh(idp: MockIdp, refreshToken: string, changes: Fields = {}): Promise<Answer> {
  return token(idp, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: spa.clientId,
    ...changes,
  })
}

export async function userinfo(idp: MockIdp, accessToken: string): Promise<Answer> {
  return answerOf(await get(idp, '/userinfo', { authorization: `Bearer ${accessToken}` }))
}

/** Headers of the web application, which authenticates by Basic. */
export const webAuth = basic(web.clientId, web.clientSecret)

/** What a request of the web application has different from one of the single-page app. */
export const asWeb = { client_id: web.clientId, redirect_uri: web.redirectUri }

/** `error` of an answer, with its status. */
export function problemOf({ status, body }: Answer): [number, unknown] {
  return [status, body.error]
}
