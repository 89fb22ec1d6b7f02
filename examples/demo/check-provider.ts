import assert from 'node:assert/strict'
import {
  buildAuthorizationUrl,
  createKeySet,
  createPkce,
  exchangeAuthorizationCode,
  fetchUserInfo,
  isOidcError,
  refreshTokens,
  revokeToken,
  systemClock,
  type TokenSet,
  validateAuthorizationResponse,
} from '@countersign/core'
import { descopeBrowser } from '@countersign/core/descope'
import { demoProject } from '@countersign/mock-idp'
import type { Browser } from 'playwright'
import type { Step } from './check.ts'
import { fillSignInForm } from './check-page.ts'
import type { Demo } from './start-demo.ts'

/** A login without any script, and the end of its tokens: the protocol functions of core against the running provider. */
export function providerStory({ urls }: Demo, browser: Browser): { signIn: Step[]; revoke: Step[] } {
  const { projectId, spa, users } = demoProject
  const preset = descopeBrowser({ projectId, baseUrl: urls.idp, kind: 'inbound', clientId: spa.clientId })
  const { metadata: server, ...client } = preset
  const context = { server, client, keys: createKeySet({}), clock: systemClock, transport: {} }
  const redirectUri = `${urls.react}/callback`
  const scope = 'openid contacts.read'
  let tokens: TokenSet | undefined
  const requireTokens = (): TokenSet => {
    assert.ok(tokens, 'there are no tokens from the login')
    return tokens
  }

  return {
    signIn: [
      {
        title: 'Provider: signs Mira in where the browser runs no script at all',
        async run() {
          const { codeVerifier, codeChallenge } = await createPkce()
          const [state, nonce] = [crypto.randomUUID(), crypto.randomUUID()]
          const request = { clientId: client.clientId, redirectUri, scope, state, nonce, codeChallenge }
          const withoutScript = await browser.newContext({ javaScriptEnabled: false })
          const page = await withoutScript.newPage()
          await page.goto(buildAuthorizationUrl(server, request).href)
          await fillSignInForm(page, users.mira)
          await page.waitForURL((url) => url.href.startsWith(redirectUri))
          const response = validateAuthorizationResponse(server, new URL(page.url()), state)
          await withoutScript.close()
          tokens = await exchangeAuthorizationCode(context, response, { redirectUri, codeVerifier, nonce, scope })
          assert.equal(tokens.claims?.sub, users.mira.id)
        },
      },
    ],
    revoke: [
      {
        title: 'Provider: refuses a revoked access token at userinfo (401 invalid_token)',
        async run() {
          const { accessToken } = requireTokens()
          const askUserInfo = () => fetchUserInfo(server, client.clientId, accessToken, users.mira.id)
          assert.equal((await askUserInfo()).sub, users.mira.id)
          await revokeToken(server, client, accessToken, 'access_token')
          await refused(askUserInfo, 401, 'invalid_token')
        },
      },
      {
        title: 'Provider: refuses a revoked refresh token at the token endpoint (400 invalid_grant)',
        async run() {
          const renewed = await refreshTokens(context, requireTokens())
          assert.ok(renewed.refreshToken, 'there is no refresh token')
          await revokeToken(server, client, renewed.refreshToken, 'refresh_token')
          await refused(() => refreshTokens(context, renewed), 400, 'invalid_grant')
        },
      },
    ],
  }
}

/** Demands that a request is refused with this status and error. */
async function refused(request: () => Promise<unknown>, status: number, error: string): Promise<void> {
  try {
    await request()
  } catch (thrown) {
    if (!isOidcError(thrown) || !('status' in thrown) || !('error' in thrown)) throw thrown
    assert.deepEqual([thrown.status, thrown.error], [status, error])
    return
  }
  assert.fail(`the provider answered as if nothing was revoked; expected ${status} ${error}`)
}
