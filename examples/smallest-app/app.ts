/**
 * The smallest useful app: login by redirect, profile, access token with renewal, logout, from protocol functions alone.
 * It keeps its tokens in memory and one login under way in the session storage. What it does without is what
 * `createBrowserClient` adds: tabs in step, silent sign-in, many logins at once, state for user interfaces.
 */
import {
  buildAuthorizationUrl,
  buildEndSessionUrl,
  createKeySet,
  createPkce,
  discover,
  exchangeAuthorizationCode,
  type IdTokenClaims,
  randomText,
  refreshTokens,
  revokeToken,
  systemClock,
  type TokenSet,
  validateAuthorizationResponse,
} from '@countersign/core'

/** What the app knows about itself and its provider. */
export interface Settings {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
}

/** Opens the app on the current page, the callback included. */
export async function openApp({ issuer, clientId, redirectUri }: Settings) {
  const server = await discover(issuer)
  const context = { server, client: { clientId }, keys: createKeySet({}), clock: systemClock, transport: {} }
  const scope = 'openid profile email'
  let tokens: TokenSet | undefined
  let renewal: Promise<TokenSet> | undefined

  const underWay = sessionStorage.getItem(issuer)
  if (underWay && /[?&](code|error)=/.test(location.search)) {
    sessionStorage.removeItem(issuer)
    const { state, ...login } = JSON.parse(underWay)
    const response = validateAuthorizationResponse(server, new URL(location.href), state)
    history.replaceState(null, '', redirectUri)
    tokens = await exchangeAuthorizationCode(context, response, {
      ...login,
      redirectUri,
      scope,
      estimateServerTime: true,
    })
  }

  return {
    /** The profile of the user; undefined when nobody is signed in. */
    profile: (): IdTokenClaims | undefined => tokens?.claims,
    /** The address to send the user to for a login. */
    async login(): Promise<URL> {
      const { codeVerifier, codeChallenge } = await createPkce()
      const [state, nonce] = [randomText(), randomText()]
      sessionStorage.setItem(issuer, JSON.stringify({ state, nonce, codeVerifier }))
      return buildAuthorizationUrl(server, { clientId, redirectUri, scope, state, nonce, codeChallenge })
    },
    /** The access token, renewed when it has less than half a minute left. */
    async accessToken(): Promise<string | undefined> {
      if (tokens?.refreshToken && (tokens.expiresAt ?? Number.POSITIVE_INFINITY) < Date.now() + 30_000) {
        // Parallel readers share one renewal: a provider that rotates refresh tokens refuses the second use of one.
        renewal ??= refreshTokens(context, tokens).finally(() => {
          renewal = undefined
        })
        const renewed = await renewal
        if (tokens) tokens = renewed
      }
      return tokens?.accessToken
    },
    /** The address to send the user to for a logout; the tokens are gone already. */
    async logout(): Promise<URL | undefined> {
      const { refreshToken, idToken } = tokens ?? {}
      tokens = undefined
      if (refreshToken) await revokeToken(server, context.client, refreshToken, 'refresh_token')
      return buildEndSessionUrl(server, { clientId, idTokenHint: idToken })
    },
  }
}
