/** Code for tokens (IDP-SPEC 2.6; RFC 6749 section 4.1.3, RFC 7636 section 4.5). */
import { sameApp } from '../clients.ts'
import { oauthProblem } from '../http/problem.ts'
import type { CodeRecord } from '../records.ts'
import { signAccessToken, signIdToken, signRefreshToken, userTokenSeconds } from '../tokens/user-tokens.ts'
import type { AuthenticatedClient } from './client-authentication.ts'
import {
  authenticateFor,
  type GrantHandler,
  type GrantRequest,
  invalidGrant,
  required,
  type TokenAnswer,
  userOfGrant,
} from './grant-request.ts'

interface CodeExchange {
  readonly request: GrantRequest
  readonly client: AuthenticatedClient
  readonly record: CodeRecord
  /** SHA-256 of the verifier as base64url. */
  readonly challengeOfVerifier?: string
}

/** The rules in their order; each throws when it is broken. */
const codeChecks: readonly { readonly name: string; readonly check: (exchange: CodeExchange) => void }[] = [
  {
    name: 'the code grant is on',
    check({ client }) {
      if (client.app.authorizationCodeDisabled) throw oauthProblem(400, 'unauthorized_client', 'the code grant is off')
    },
  },
  {
    name: 'same client',
    check({ client, record }) {
      if (!sameApp(client.app, record.grant.app)) throw invalidGrant('the code was issued to another client')
    },
  },
  {
    name: 'single use',
    check({ record }) {
      if (!record.used) return
      // RFC 6749 4.1.2: a code used twice may have been stolen, so its first tokens end as well.
      record.grant.revoked = true
      throw invalidGrant('the code was used before')
    },
  },
  {
    name: 'not expired',
    check({ request, record }) {
      if (record.expiresAt <= request.runtime.clock.now()) throw invalidGrant('the code has expired')
    },
  },
  {
    name: 'same redirect URI',
    check({ request, record }) {
      const redirectUri = request.body.get('redirect_uri')
      if (redirectUri === undefined && request.runtime.project.compat.strictRedirectUri) {
        throw invalidGrant('redirect_uri is missing')
      }
      if (redirectUri !== undefined && redirectUri !== record.redirectUri) {
        throw invalidGrant('redirect_uri differs from the one of the authorization request')
      }
    },
  },
  {
    name: 'PKCE or a secret',
    check({ client, record }) {
      if (record.codeChallenge === undefined && !client.authenticated) {
        throw invalidGrant('neither a client secret nor a code challenge protects this code')
      }
    },
  },
  { name: 'verifier', check: checkVerifier },
]

function checkVerifier({ record, challengeOfVerifier }: CodeExchange): void {
  const { codeChallenge } = record
  if (codeChallenge === undefined) {
    // RFC 9700 2.1.1: a verifier without a challenge shows that somebody took the challenge out.
    if (challengeOfVerifier !== undefined) throw invalidGrant('code_verifier was sent, but no challenge was')
    return
  }
  if (challengeOfVerifier !== undefined && equalInConstantTime(challengeOfVerifier, codeChallenge)) return
  record.used = true
  throw invalidGrant(
    challengeOfVerifier === undefined ? 'code_verifier is missing' : 'code_verifier does not fit the code challenge',
  )
}

/** Answers `grant_type=authorization_code`. */
export const authorizationCodeGrant: GrantHandler = async (request) => {
  const { runtime, body } = request
  const code = required(body, 'code')
  const verifier = body.get('code_verifier')
  if (verifier !== undefined && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) {
    throw oauthProblem(400, 'invalid_request', 'code_verifier must be 43 to 128 unreserved characters')
  }
  const record = runtime.records.codes.get(code)
  request.exchange.login = record?.grant.login
  const client = authenticateFor(request, record?.grant)
  if (!record) throw invalidGrant('the code is unknown')
  const exchange: CodeExchange = {
    request,
    client,
    record,
    ...(verifier !== undefined && { challengeOfVerifier: await sha256(verifier) }),
  }
  for (const { check } of codeChecks) check(exchange)
  record.used = true
  return answer(request, record)
}

async function answer({ runtime, exchange }: GrantRequest, record: CodeRecord): Promise<TokenAnswer> {
  const { grant } = record
  const { scopes } = grant
  const subject = { grant, user: userOfGrant(runtime, grant), scopes }
  const accessToken = await signAccessToken(runtime, subject)
  const wantsRefresh = !runtime.project.compat.refreshRequiresOfflineAccess || scopes.includes('offline_access')
  exchange.reason = 'code redeemed'
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: userTokenSeconds(runtime, grant),
    ...(wantsRefresh && !grant.app.refreshTokenDisabled && { refresh_token: await signRefreshToken(runtime, subject) }),
    ...(scopes.includes('openid') && {
      id_token: await signIdToken(runtime, subject, {
        ...(record.nonce !== undefined && { nonce: record.nonce }),
        accessToken,
        refreshed: false,
      }),
    }),
    scope: scopes.join(' '),
  }
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function equalInConstantTime(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index)
  return difference === 0
}
