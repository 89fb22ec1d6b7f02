/** Token requests (RFC 6749 sections 4.1.3, 4.4 and 6) and the validation of their answers (sections 5.1, OpenID Connect Core 1.0 section 3.1.3). */
import {
  allowInsecureRequests,
  clockSkew,
  clockTolerance,
  customFetch,
  genericTokenEndpointRequest,
  type Client as OauthClient,
  processGenericTokenEndpointResponse,
} from 'oauth4webapi'
import type { Clock } from '../clock.ts'
import { ProtocolError } from '../errors.ts'
import type { ServerMetadata } from '../metadata.ts'
import { parseScope, type TokenSet } from '../tokens.ts'
import { isValidated, type ValidatedAuthorizationResponse } from './authorization-response.ts'
import type { Client } from './client.ts'
import { noClientAuthentication } from './client-auth.ts'
import { createEndpointTransport } from './endpoint-transport.ts'
import { checkAtHash, checkIdToken, fail, type IdTokenExpectation } from './id-token.ts'
import type { KeySet } from './key-set.ts'
import { mapErrors } from './map-error.ts'
import type { TransportOptions } from './transport.ts'

/** Who asks whom, and how. */
export interface TokenRequestContext {
  /** Metadata from `discover`, or given. */
  readonly server: ServerMetadata
  /** The client that asks. */
  readonly client: Client
  /** Keys of the provider, for ID tokens. */
  readonly keys: KeySet
  /** Where the time comes from. */
  readonly clock: Clock
  /** How requests are sent. */
  readonly transport: TransportOptions
  /** Further parameters of token requests under their wire names, such as `resource` (RFC 8707 section 2.2). */
  readonly parameters?: Readonly<Record<string, string>>
}

/** What the login that a code belongs to has sent. */
export interface CodeExchange {
  /** The redirect URI of the authorization request. */
  readonly redirectUri: string
  /** The verifier that the challenge was made of. */
  readonly codeVerifier: string
  /** The nonce of the authorization request. */
  readonly nonce: string
  /** The requested scopes, space-separated: the granted ones when the answer does not name them. */
  readonly scope: string
  /** True takes the time of the provider from the verified ID token, so that a wrong local clock does no harm. Default false. */
  readonly estimateServerTime?: boolean
}

/**
 * Exchanges an authorization code for tokens and validates the ID token, signature included.
 *
 * @param response - Result of `validateAuthorizationResponse`; anything else is refused.
 * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`.
 * @throws {ProtocolError} `OIDC_RESPONSE_UNVALIDATED`, `OIDC_TOKEN_RESPONSE_INVALID`, `OIDC_TOKEN_TYPE_UNSUPPORTED`,
 *   `OIDC_RESPONSE_NOT_JSON`, `OIDC_REDIRECT_REFUSED` and the `OIDC_ID_TOKEN_...` codes.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`; the code may be spent, so it is never sent again.
 * @see RFC 6749 section 4.1.3; OpenID Connect Core 1.0 section 3.1.3
 */
export async function exchangeAuthorizationCode(
  context: TokenRequestContext,
  response: ValidatedAuthorizationResponse,
  exchange: CodeExchange,
): Promise<TokenSet> {
  const { server, clock } = context
  if (!isValidated(response)) {
    throw new ProtocolError('OIDC_RESPONSE_UNVALIDATED', 'Call validateAuthorizationResponse first.', 'token')
  }
  const answer = await sendTokenRequest(context, 'authorization_code', {
    code: response.code,
    redirect_uri: exchange.redirectUri,
    code_verifier: exchange.codeVerifier,
  })
  const tokens = await readTokenResponse(context, answer, exchange.scope, {
    issuer: server.issuer,
    nonce: exchange.nonce,
    serverTimeSeconds: exchange.estimateServerTime ? undefined : localSeconds(clock),
  })
  return tokens.claims ? tokens : fail('MISSING', 'openid was requested')
}

/**
 * Renews tokens with a refresh token. What the answer leaves out is kept: the refresh token, the ID token, the scopes.
 *
 * @param current - The tokens of the session; needs a `refreshToken`.
 * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`; only `invalid_grant` means that the session is over.
 * @throws {ProtocolError} `OIDC_SESSION_MISSING` without a refresh token, `OIDC_ID_TOKEN_SUB_MISMATCH` for another user's ID
 *   token, else as `exchangeAuthorizationCode`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see RFC 6749 section 6; OpenID Connect Core 1.0 section 12
 */
export async function refreshTokens(context: TokenRequestContext, current: TokenSet): Promise<TokenSet> {
  const { refreshToken } = current
  if (!refreshToken) throw new ProtocolError('OIDC_SESSION_MISSING', 'There is no refresh token.', 'renewal')
  const { clock, server } = context
  const answer = await sendTokenRequest(context, 'refresh_token', { refresh_token: refreshToken })
  // One clock may have been set, the other may have stood still: nobody can tell which of them is right.
  const times = [clock.now(), clock.monotonicNow?.() ?? clock.now()].map(
    (time) => Math.floor(time / 1000) + current.clockSkewSeconds,
  )
  const [earliest, latest] = [Math.min(...times), Math.max(...times)]
  const tokens = await readTokenResponse(context, answer, current.scopes.join(' '), {
    issuer: server.issuer,
    nonce: current.claims?.nonce,
    previous: current.claims,
    serverTimeSeconds: earliest,
    latestServerTimeSeconds: latest,
  })
  return {
    ...tokens,
    refreshToken: tokens.refreshToken ?? current.refreshToken,
    idToken: tokens.idToken ?? current.idToken,
    claims: tokens.claims ?? current.claims,
    // The new ID token says what time it is now.
    clockSkewSeconds:
      tokens.claims && latest - earliest > 30 ? tokens.claims.iat - localSeconds(clock) : current.clockSkewSeconds,
  }
}

/**
 * Gets an access token for the client itself (client credentials grant).
 *
 * @param parameters - `scope` and further parameters such as `resource`, under their wire names.
 * @throws {TokenEndpointError} `OIDC_TOKEN_ENDPOINT_ERROR`.
 * @throws {ProtocolError} `OIDC_TOKEN_RESPONSE_INVALID`, `OIDC_TOKEN_TYPE_UNSUPPORTED`, `OIDC_RESPONSE_NOT_JSON`.
 * @throws {NetworkError} `OIDC_NETWORK_ERROR`, `OIDC_TIMEOUT`.
 * @see RFC 6749 section 4.4
 */
export async function requestClientCredentials(
  context: Omit<TokenRequestContext, 'keys'>,
  parameters: Readonly<Record<string, string>>,
): Promise<TokenSet> {
  const answer = await sendTokenRequest(context, 'client_credentials', parameters)
  return readAccessToken(context, await withoutUserTokens(answer), parameters.scope ?? '', localSeconds(context.clock))
}

/** Reads a token response whose ID token, when there is one, has to pass every check. */
async function readTokenResponse(
  context: TokenRequestContext,
  response: Response,
  requestedScope: string,
  expected: IdTokenExpectation,
): Promise<TokenSet> {
  const { client, server, keys, clock } = context
  const { id_token: idToken } = (await response.clone().json()) ?? {}
  const claims = typeof idToken === 'string' ? checkIdToken(idToken, client, expected) : undefined
  const serverTime = expected.serverTimeSeconds ?? claims?.iat ?? localSeconds(clock)
  const tokens = await readAccessToken(context, response, requestedScope, serverTime)
  if (!claims) return tokens
  await keys.verify(server, response)
  await checkAtHash(claims, client, tokens.accessToken)
  return { ...tokens, claims }
}

/** Reads the rest of a token response: everything but the ID token's own rules. */
function readAccessToken(
  { server, client, clock }: Omit<TokenRequestContext, 'keys'>,
  response: Response,
  requestedScope: string,
  serverTimeSeconds: number,
): Promise<TokenSet> {
  return mapErrors('token', 'OIDC_TOKEN_RESPONSE_INVALID', async () => {
    const answer = await processGenericTokenEndpointResponse(server, oauthClient(client, serverTimeSeconds), response)
    const tokenType = answer.token_type as TokenSet['tokenType']
    ;(client.checkTokenType ?? requireBearer)(tokenType)
    return {
      accessToken: answer.access_token,
      tokenType,
      expiresAt: answer.expires_in === undefined ? undefined : clock.now() + answer.expires_in * 1000,
      scopes: parseScope(answer.scope ?? requestedScope),
      refreshToken: answer.refresh_token,
      idToken: answer.id_token,
      claims: undefined,
      clockSkewSeconds: serverTimeSeconds - localSeconds(clock),
    }
  })
}

/** Without a key nobody asked for a token that is bound to one. */
function requireBearer(tokenType: TokenSet['tokenType']): void {
  if (tokenType !== 'bearer') {
    throw new ProtocolError('OIDC_TOKEN_TYPE_UNSUPPORTED', 'Expected token_type Bearer.', 'token')
  }
}

/** A client has no user, so an ID or refresh token that comes along is dropped unread. */
async function withoutUserTokens(response: Response): Promise<Response> {
  const { id_token: _idToken, refresh_token: _refreshToken, ...body } = (await response.json()) ?? {}
  return Response.json(body)
}

function oauthClient(client: Client, serverTimeSeconds?: number): OauthClient {
  const { clientId, clockToleranceSeconds = 30, idTokenSignedResponseAlg = 'RS256' } = client
  return {
    client_id: clientId,
    id_token_signed_response_alg: idTokenSignedResponseAlg,
    // oauth4webapi reads the clock of the machine by itself.
    [clockSkew]: serverTimeSeconds ? serverTimeSeconds - Math.floor(Date.now() / 1000) : 0,
    [clockTolerance]: clockToleranceSeconds,
  }
}

function sendTokenRequest(
  { server, client, transport, parameters: further }: Omit<TokenRequestContext, 'keys'>,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Response> {
  return mapErrors('token', 'OIDC_TOKEN_RESPONSE_INVALID', () =>
    genericTokenEndpointRequest(
      server,
      oauthClient(client),
      client.authentication ?? noClientAuthentication,
      grantType,
      { ...further, ...parameters },
      { [customFetch]: createEndpointTransport(transport, 'token'), [allowInsecureRequests]: true },
    ),
  )
}

function localSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
