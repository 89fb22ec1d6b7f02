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
import { checkVerifier, isWrongVerifier, readVerifier } from './pkce.ts'

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
  {
    name: 'verifier',
    check({ record, challengeOfVerifier }) {
      // One guess: the code is gone afterwards.
      if (isWrongVerifier(record, challengeOfVerifier)) record.used = true
      checkVerifier(record, challengeOfVerifier)
    },
  },
]

/** Answers `grant_type=authorization_code`. */
export const authorizationCodeGrant: GrantHandler = async (request) => {
  const { runtime, body } = request
  const code = required(body, 'code')
  const challengeOfVerifier = await readVerifier(body)
  const record = runtime.records.codes.get(code)
  request.exchange.login = record?.grant.login
  const client = authenticateFor(request, record?.grant)
  if (!record) throw invalidGrant('the code is unknown')
  const exchange: CodeExchange = {
    request,
    client,
    record,
    ...(challengeOfVerifier !== undefined && { challengeOfVerifier }),
  }
  for (const { check } of codeChecks) check(exchange)
  record.used = true
  return answer(request, record)
}

async function answer({ runtime, exchange }: GrantRequest, record: CodeRecord): Promise<TokenAnswer> {
  const { grant } = record
  const { scopes } = grant
  const subject = { grant, user: userOfGrant(runtime, grant), scopes }
  const wantsRefresh = !runtime.project.compat.refreshRequiresOfflineAccess || scopes.includes('offline_access')
  const getsRefresh = wantsRefresh && !grant.app.refreshTokenDisabled
  const nonce = record.nonce === undefined ? {} : { nonce: record.nonce }
  const accessToken = signAccessToken(runtime, subject)
  const [access_token, refresh_token, id_token] = await Promise.all([
    accessToken,
    getsRefresh ? signRefreshToken(runtime, subject) : undefined,
    scopes.includes('openid') ? signIdToken(runtime, subject, { ...nonce, accessToken, refreshed: false }) : undefined,
  ])
  exchange.reason = 'code redeemed'
  return {
    access_token,
    token_type: 'Bearer',
    expires_in: userTokenSeconds(runtime, grant),
    ...(refresh_token !== undefined && { refresh_token }),
    ...(id_token !== undefined && { id_token }),
    scope: scopes.join(' '),
  }
}
