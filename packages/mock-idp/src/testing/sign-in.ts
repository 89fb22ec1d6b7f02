/** A whole login in one call: authorization code with PKCE over the wire, without a browser. */
import * as base64url from 'jose/base64url'
import type { DriverLogin } from '../driver.ts'
import type { MockIdp } from '../mock-idp.ts'
import type { MockUser } from '../model/user.ts'
import { firstUser } from './first-user.ts'
import { findTestClient } from './test-client.ts'

/** Who signs in, and where. */
export interface SignInOptions extends Partial<DriverLogin> {
  /** Client id. Default the default OIDC application; in the standard profile the first client for users. */
  readonly client?: string
  /** Secret of a confidential application, sent as Basic (RFC 6749 section 2.3.1). Default none. */
  readonly clientSecret?: string
  /** Requested scopes. Default `openid profile email offline_access`; for inbound apps `openid` and all they offer. */
  readonly scope?: string
  /**
   * Redirect URI, which the application must allow; nothing is sent to it. Default `http://localhost/callback`, in the
   * standard profile the first one of the client.
   */
  readonly redirectUri?: string
}

/** What a login gave. */
export interface SignedIn {
  /** The user who signed in. */
  readonly user: MockUser
  /** Access token. */
  readonly accessToken: string
  /** ID token; absent where `openid` was not asked for. */
  readonly idToken?: string
  /** Refresh token; absent where the mock gave none. */
  readonly refreshToken?: string
  /** Scopes that were granted, space-separated. */
  readonly scope: string
  /** Claims of the ID token, not verified; empty without one. */
  readonly claims: Readonly<Record<string, unknown>>
  /** Headers for a request to an API: `authorization: Bearer <access token>`. */
  readonly headers: { readonly authorization: string }
}

/**
 * Signs a user in and gives the tokens.
 *
 * Walks authorize, the hosted pages, the redirect and the token endpoint, so faults count. Without `user` the first
 * active user signs in, `mira@acme.example` in the fixture project. The driver begins without cookies, and has the
 * session of this user afterwards.
 *
 * @throws {Error} When the mock answers with an error, which the message repeats.
 */
export async function signIn(idp: MockIdp, options: SignInOptions = {}): Promise<SignedIn> {
  const user = options.user ?? firstUser(idp)
  const client = findTestClient(idp, options.client)
  const { redirectUri = client.redirectUri } = options
  const verifier = randomText()
  const state = randomText()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const metadata = await readJson(await idp.fetch(new Request(`${client.issuer}/.well-known/openid-configuration`)))
  const url = new URL(String(metadata.authorization_endpoint))
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: options.scope ?? client.scope,
    state,
    nonce: randomText(),
    code_challenge: base64url.encode(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }).toString()
  idp.driver.clearCookies()
  const { searchParams } = await idp.driver.login(url, { ...options, user })
  const code = searchParams.get('code')
  if (code === null) {
    throw new Error(`signIn: ${searchParams.get('error')}: ${searchParams.get('error_description')}`)
  }
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: client.clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const headers = options.clientSecret === undefined ? {} : basic(client.clientId, options.clientSecret)
  const answer = await readJson(
    await idp.fetch(new Request(String(metadata.token_endpoint), { method: 'POST', headers, body })),
  )
  return signedIn(answer, findUser(idp, user))
}

function findUser(idp: MockIdp, name: string): MockUser {
  const user = idp.users.get(name)
  if (!user) throw new TypeError(`signIn: there is no user ${JSON.stringify(name)}`)
  return user
}

function signedIn(answer: Readonly<Record<string, unknown>>, user: MockUser): SignedIn {
  const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken, scope } = answer
  if (typeof accessToken !== 'string') throw new Error('signIn: the token answer has no access token')
  return {
    user,
    accessToken,
    ...(typeof idToken === 'string' && { idToken }),
    ...(typeof refreshToken === 'string' && { refreshToken }),
    scope: typeof scope === 'string' ? scope : '',
    claims: typeof idToken === 'string' ? claimsOf(idToken) : {},
    headers: { authorization: `Bearer ${accessToken}` },
  }
}

function basic(id: string, secret: string): { readonly authorization: string } {
  return { authorization: `Basic ${btoa([id, secret].map(encodeURIComponent).join(':'))}` }
}

function claimsOf(jwt: string): Readonly<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(base64url.decode(jwt.split('.')[1] ?? '')))
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  if (!response.ok) throw new Error(`signIn: the mock answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

function randomText(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
}
