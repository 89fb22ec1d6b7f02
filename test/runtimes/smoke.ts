/** What a user of the neutral entries does first, over HTTP. Runs in every runtime; nothing here is Node's. */
import { buildAuthorizationUrl, createPkce, discover, isOidcError, scope } from '@countersign/core'
import { createTokenSource } from '@countersign/core/agent'
import { challengeFor, createAccessTokenVerifier } from '@countersign/core/api'
import { descopeAgent, descopeApi } from '@countersign/core/descope'

/** Where the mock is, and what is known there. */
export interface SmokeSettings {
  readonly projectId: string
  readonly baseUrl: string
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** A token of an app of the mock. */
  readonly token: string
}

/** Uses `.`, `/api` and `/agent`, and tells what came out, without anything that differs from run to run. */
export async function smoke(settings: SmokeSettings): Promise<object> {
  const { projectId, baseUrl, issuer, clientId, clientSecret, token } = settings
  const server = await discover(issuer, {})
  const { codeChallenge } = await createPkce()
  const url = buildAuthorizationUrl(server, {
    clientId: 'app',
    redirectUri: 'https://app.example/callback',
    scope: 'openid',
    state: 'state',
    nonce: 'nonce',
    codeChallenge,
  })

  const verifier = createAccessTokenVerifier(descopeApi({ projectId, baseUrl, inbound: true }))
  const caller = await verifier.authenticate(`Bearer ${token}`)
  const refusal = await verifier.verify(`${token.slice(0, -4)}AAAA`).catch((error) => error)

  const agent = descopeAgent({ projectId, baseUrl, kind: 'inbound', clientId, clientSecret })
  const source = createTokenSource({ ...agent, scope: 'contacts.read' })
  const tokens = await Promise.all([source.getAccessToken(), source.getAccessToken()])
  const machine = await verifier.verify(tokens[0])

  return {
    authorization: [url.pathname, [...url.searchParams.keys()].sort().join()],
    user: [caller.subject, [...caller.grant.scopes], caller.can(scope('contacts.read')).allowed],
    refusal: [isOidcError(refusal) && refusal.code, challengeFor(refusal)?.status],
    agent: [tokens[0] === tokens[1], machine.principal, [...machine.grant.scopes]],
  }
}
