/** The two ends of a login, and the renewal of its tokens: what all ways to sign in, and all tokens of a session, share. */
import { pageClock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { buildAuthorizationUrl } from '../protocol/authorization-request.ts'
import { validateAuthorizationResponse } from '../protocol/authorization-response.ts'
import { createKeySet } from '../protocol/key-set.ts'
import { createPkce, randomText } from '../protocol/pkce.ts'
import { exchangeAuthorizationCode, refreshTokens, type TokenRequestContext } from '../protocol/token-request.ts'
import type { SessionTokens } from '../session/session.ts'
import type { Transaction } from '../session/transaction.ts'
import type { BrowserClientOptions } from './browser-client-options.ts'
import type { LoginOptions } from './client.ts'
import type { KeyBinding } from './key-binding.ts'
import { checkRequired } from './required-login.ts'

/** What a login sends and takes back. */
export interface Authorization {
  /** Makes an authorization request and what has to be remembered of it. */
  prepare(
    request: Pick<LoginOptions, 'scope' | 'parameters' | 'required'>,
    returnTo: string,
  ): Promise<{ url: URL; state: string; transaction: Transaction }>
  /** Checks a response and exchanges its code. */
  redeem(url: URL, state: string, transaction: Transaction): Promise<SessionTokens>
  /** Gets new tokens with the refresh token; `parameters` say what for. Default: as the tokens of the session are. */
  refresh(current: SessionTokens, parameters?: Readonly<Record<string, string>>): Promise<SessionTokens>
}

/**
 * Creates the requests and checks of a login.
 *
 * @param options - Checked options.
 * @param binding - What binds the tokens to a key.
 */
export function createAuthorization(
  options: BrowserClientOptions,
  binding: KeyBinding | undefined,
  loadMetadata: () => Promise<ServerMetadata>,
): Authorization {
  const { clientId, redirectUri, resources, clock = pageClock, random = randomText } = options
  const keys = createKeySet(options)
  const bound = { ...options, ...binding }
  const own = resources?.[0] ? { resource: resources[0] } : {}
  const context = async (parameters: Readonly<Record<string, string>> = own): Promise<TokenRequestContext> => ({
    server: await loadMetadata(),
    client: bound,
    keys,
    clock,
    transport: bound,
    parameters,
  })
  return {
    async prepare({ parameters, required, scope = options.scope ?? 'openid' }, returnTo) {
      const { codeVerifier, codeChallenge } = await createPkce(random)
      const [state, nonce] = [random(), random()]
      const server = await loadMetadata()
      const push = options.pushedAuthorization
      if (server.require_pushed_authorization_requests && !push) {
        throw new ConfigurationError(
          'OIDC_PUSHED_REQUEST_REQUIRED',
          `${server.issuer} requires pushed requests: give pushedAuthorization.`,
        )
      }
      const url = buildAuthorizationUrl(server, {
        clientId,
        redirectUri,
        scope,
        state,
        nonce,
        codeChallenge,
        parameters: {
          resource: resources,
          ...options.authorizationParameters,
          ...parameters,
          ...(required && { acr_values: required.acr_values, max_age: required.max_age }),
          ...(await binding?.bindingParameters()),
        },
      })
      return {
        url: (await push?.(server, options, url)) ?? url,
        state,
        transaction: { nonce, codeVerifier, scope, ...(required && { required }), returnTo, createdAt: clock.now() },
      }
    },
    async redeem(url, state, transaction) {
      const from = await context()
      const tokens = (await exchangeAuthorizationCode(from, validateAuthorizationResponse(from.server, url, state), {
        ...transaction,
        redirectUri,
        estimateServerTime: true,
      })) as SessionTokens
      if (transaction.required) checkRequired(tokens, transaction.required, clock, 'id-token')
      return tokens
    },
    refresh: async (current, parameters) => (await refreshTokens(await context(parameters), current)) as SessionTokens,
  }
}
