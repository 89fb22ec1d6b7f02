import { createMockIdp, demoProject, standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { createTokenSource } from '../../src/agent/index.ts'
import { createAccessTokenVerifier } from '../../src/api/index.ts'
import { buildAuthorizationUrl } from '../../src/protocol/authorization-request.ts'
import { validateAuthorizationResponse } from '../../src/protocol/authorization-response.ts'
import { discover } from '../../src/protocol/discovery.ts'
import { createKeySet } from '../../src/protocol/key-set.ts'
import { createPkce, randomText } from '../../src/protocol/pkce.ts'
import { exchangeAuthorizationCode, refreshTokens } from '../../src/protocol/token-request.ts'
import { recordingFetch } from '../support/login.ts'

const [contacts, files] = ['https://contacts.example', 'https://files.example']
const scope = 'openid offline_access contacts.read files.read'

/** A provider with two APIs, each with a verifier of its own. */
function setUp() {
  const idp = createMockIdp({
    profile: 'standard',
    deterministic: {},
    resources: [
      { identifier: contacts, scopes: ['contacts.read'] },
      { identifier: files, scopes: ['files.read'] },
    ],
  })
  const transport = { fetch: recordingFetch(idp) }
  const verifierOf = (audience: string) =>
    createAccessTokenVerifier({ issuer: idp.issuer, audience, clock: idp.clock, ...transport })
  return { idp, transport, apis: { [contacts]: verifierOf(contacts), [files]: verifierOf(files) } }
}

/** A login for one of two APIs, and a renewal for the other. */
async function loginAndRenewal({ idp, transport }: ReturnType<typeof setUp>) {
  const { clientId, redirectUri } = standardDemo.spa
  const server = await discover(idp.issuer, transport)
  const context = { server, client: { clientId }, keys: createKeySet(transport), clock: idp.clock, transport }
  const { codeVerifier, codeChallenge } = await createPkce()
  const [state, nonce] = [randomText(), randomText()]
  const parameters = { resource: [contacts, files] }
  const request = { clientId, redirectUri, scope, state, nonce, codeChallenge, parameters }
  const callback = await idp.driver.login(buildAuthorizationUrl(server, request), {
    user: demoProject.users.mira.loginId,
  })
  const response = validateAuthorizationResponse(server, callback, state)
  const exchange = { redirectUri, codeVerifier, nonce, scope }
  const first = await exchangeAuthorizationCode({ ...context, parameters: { resource: contacts } }, response, exchange)
  const renewed = await refreshTokens({ ...context, parameters: { resource: files } }, first)
  return { first: first.accessToken, renewed: renewed.accessToken }
}

describe('a resource indicator', () => {
  it('of a login and of a renewal ends in aud, and opens that API alone (N-35)', async () => {
    const { apis, ...provider } = setUp()
    const { first, renewed } = await loginAndRenewal({ apis, ...provider })
    await expect(apis[contacts]?.verify(first)).resolves.toMatchObject({ claims: { aud: contacts } })
    await expect(apis[files]?.verify(renewed)).resolves.toMatchObject({ claims: { aud: files } })
    await expect(apis[files]?.verify(first)).rejects.toMatchObject({ code: 'OIDC_TOKEN_AUD_REFUSED' })
    await expect(apis[contacts]?.verify(renewed)).rejects.toMatchObject({ code: 'OIDC_TOKEN_AUD_REFUSED' })
  })

  it('of client credentials ends in aud, and opens that API alone (N-35)', async () => {
    const { idp, transport, apis } = setUp()
    const { clientId, clientSecret } = standardDemo.web
    const agent = { issuer: idp.issuer, clientId, clientSecret, clock: idp.clock, ...transport }
    const token = await createTokenSource({ ...agent, parameters: { resource: files } }).getAccessToken()
    await expect(apis[files]?.verify(token)).resolves.toMatchObject({ principal: { type: 'client', clientId } })
    await expect(apis[contacts]?.verify(token)).rejects.toMatchObject({ code: 'OIDC_TOKEN_AUD_REFUSED' })
  })
})
