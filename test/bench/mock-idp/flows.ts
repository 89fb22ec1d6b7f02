/** What applications, users and machines do with a provider. */
import { createHash, randomBytes } from 'node:crypto'
import type { Candidate } from './candidates.ts'
import { type Browser, createBrowser, redirectUri, sendForJson } from './http-client.ts'

/** Members of a token answer. */
export type TokenAnswer = Readonly<Record<string, unknown>>

/** A provider that runs. */
export interface Target {
  readonly candidate: Candidate
  readonly url: string
}

/** A token answer and the nonce that its ID token must have. */
export interface Login {
  readonly answer: TokenAnswer
  readonly nonce: string
}

/** An authorization code flow with PKCE: authorize, the login page where there is one, code, tokens. */
export async function login(target: Target, browser: Browser = createBrowser(), prompt?: 'none'): Promise<Login> {
  const { candidate, url } = target
  const [verifier, state, nonce] = [randomText(32), randomText(16), randomText(16)]
  const request = new URLSearchParams({
    client_id: candidate.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: candidate.scope ?? 'openid',
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(prompt && { prompt }),
  })
  let at = await browser.open(`${url}${candidate.authorize}?${request}`)
  if (at.page !== undefined && !prompt) {
    at = await browser.open(formAction(at.page, at.url), { ...hiddenFields(at.page), ...candidate.loginForm })
  }
  const code = at.url.searchParams.get('code')
  if (at.page !== undefined || code === null || at.url.searchParams.get('state') !== state) {
    throw new Error(`${candidate.name}: no code in ${at.url}`)
  }
  const answer = await sendForJson(`${url}${candidate.token}`, {
    form: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id: candidate.clientId,
      code_verifier: verifier,
    },
  })
  return { answer, nonce }
}

/** A browser that is signed in. */
export async function signedInBrowser(target: Target): Promise<Browser> {
  const browser = createBrowser()
  await login(target, browser)
  return browser
}

/** New tokens for a refresh token. */
export function refresh({ candidate, url }: Target, refreshToken: string): Promise<TokenAnswer> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: candidate.clientId }
  return sendForJson(`${url}${candidate.token}`, { form })
}

/** Tokens of a machine. */
export function clientCredentials({ candidate, url }: Target): Promise<TokenAnswer> {
  const { clientId, clientSecret } = candidate.machine
  return sendForJson(`${url}${candidate.machineToken ?? candidate.token}`, {
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(clientId)}:${clientSecret}`)}` },
    form: { grant_type: 'client_credentials', scope: 'contacts.read' },
  })
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

function hiddenFields(page: string): Record<string, string> {
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]))
}

function formAction(page: string, url: URL): string {
  const action = /<form [^>]*action="([^"]*)"/.exec(page)?.[1]
  if (action === undefined) throw new Error(`${url} shows no form`)
  return new URL(action.replaceAll('&amp;', '&'), url).href
}
