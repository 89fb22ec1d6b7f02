import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientSecretBasic, scope } from '@countersign/core'
import {
  type AccessTokenVerifier,
  challengeFor,
  createAccessTokenVerifier,
  createDpopNonces,
  createDpopProofVerifier,
  createTokenIntrospection,
  signedAnswers,
} from '@countersign/core/api'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  apis,
  type IndependentProvider,
  machines,
  opaqueApi,
  startIndependentProvider,
} from './support/independent-provider.ts'

const { clientId, clientSecret } = machines.basic
let provider: IndependentProvider
let client: openid.Configuration
beforeAll(async () => {
  provider = await startIndependentProvider()
  client = await openid.discovery(
    new URL(provider.issuer),
    clientId,
    undefined,
    openid.ClientSecretBasic(clientSecret),
    {
      execute: [openid.allowInsecureRequests],
    },
  )
})
afterAll(() => provider?.close())

/** An API on a free port; its verifier may have to know the address. */
async function startApi(createVerifier: (baseUrl: string) => AccessTokenVerifier): Promise<URL> {
  let verifier: AccessTokenVerifier | undefined
  const server: Server = createServer(async (request, response) => {
    try {
      const caller = await verifier?.authenticate(request)
      response.end(JSON.stringify(caller?.claims))
    } catch (error) {
      const { status = 500, headers = {}, body = {} } = challengeFor(error) ?? {}
      response.writeHead(status, headers).end(JSON.stringify(body))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => void server.close())
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  verifier = createVerifier(baseUrl)
  return new URL('/contacts?page=2', baseUrl)
}

describe('an independent client and an independent provider meet an API', () => {
  test.each(['ES256', 'Ed25519', 'PS256', 'RS256'])(
    'with tokens bound to a key of %s, proofs, and nonces in a second try (RFC 9449)',
    async (alg) => {
      const address = await startApi((baseUrl) =>
        createAccessTokenVerifier({
          issuer: provider.issuer,
          audience: apis.RS256,
          profile: 'rfc9068',
          dpop: createDpopProofVerifier({
            baseUrl,
            nonces: createDpopNonces({ secrets: ['a secret of the API, long enough for it'] }),
          }),
        }),
      )
      const DPoP = openid.getDPoPHandle(client, await openid.randomDPoPKeyPair(alg))
      const parameters = { resource: apis.RS256, scope: 'contacts.read' }
      const { access_token: token, token_type } = await openid.clientCredentialsGrant(client, parameters, { DPoP })
      expect(token_type).toBe('dpop')
      const call = () => openid.fetchProtectedResource(client, token, address, 'GET', null, undefined, { DPoP })
      for (let index = 0; index < 3; index += 1) {
        expect(await (await call()).json()).toMatchObject({ client_id: clientId, cnf: { jkt: expect.any(String) } })
      }
      const stolen = await fetch(address, { headers: { authorization: `Bearer ${token}` } })
      expect([stolen.status, (await stolen.json()).error]).toEqual([401, 'invalid_token'])
    },
  )

  test.each([
    ['plain answers (RFC 7662, RFC 7009)', {}],
    ['answers that the provider has signed (RFC 9701)', { answers: signedAnswers() }],
  ])('with opaque tokens, which are introspected until they are revoked, with %s', async (_, answers) => {
    const verifier = createAccessTokenVerifier({
      issuer: provider.issuer,
      audience: opaqueApi,
      introspection: createTokenIntrospection({
        issuer: provider.issuer,
        clientId,
        authentication: clientSecretBasic(clientSecret),
        cacheSeconds: 0,
        ...answers,
      }),
    })
    const parameters = { resource: opaqueApi, scope: 'contacts.read' }
    const { access_token: token } = await openid.clientCredentialsGrant(client, parameters)
    expect(token).not.toContain('.')
    const caller = await verifier.authenticate(`Bearer ${token}`)
    expect(caller.claims).toMatchObject({ iss: provider.issuer, aud: opaqueApi, client_id: clientId })
    expect(caller.principal).toMatchObject({ type: 'client', clientId })
    expect(caller.can(scope('contacts.read')).allowed).toBe(true)
    await openid.tokenRevocation(client, token)
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'OIDC_TOKEN_INACTIVE' })
  })
})
