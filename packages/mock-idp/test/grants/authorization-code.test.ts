import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import {
  basic,
  challenge,
  claimsOf,
  clientIdOf,
  codeFor,
  fixedIdp,
  post,
  redeem,
  redirectUri,
  refresh,
  signIn,
  token,
  userinfo,
  verifier,
} from '../support/relying-party.ts'

const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined }
const { accessKey, agent, projectId } = demoProject

describe('authorization_code: the answer', () => {
  it('holds all tokens, type, life and scope, and must not be stored (S-149, S-150, S-179 to S-184, 2.6)', async () => {
    const idp = fixedIdp()
    const { status, body, headers } = await redeem(idp, await codeFor(idp))
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ey/),
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: expect.stringMatching(/^ey/),
      id_token: expect.stringMatching(/^ey/),
      scope: 'openid profile email',
    })
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache'])
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  it('accepts a JSON body (S-081, S-185)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const fields = { grant_type: 'authorization_code', code, client_id: projectId, code_verifier: verifier }
    const response = await idp.fetch(
      new Request(`${idp.origin}/oauth2/v1/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields),
      }),
    )
    expect(response.status).toBe(200)
  })

  it('leaves unknown scopes of an OIDC application out (A-45) and keeps the request order (S-197)', async () => {
    const tokens = await signIn(fixedIdp(), { scope: 'email roles openid whatever offline_access' })
    expect(tokens.scope).toBe('email openid offline_access')
  })

  it('gives a refresh token only for offline_access when told to (A-14)', async () => {
    const idp = fixedIdp({ compat: { refreshRequiresOfflineAccess: true } })
    expect(await signIn(idp)).not.toHaveProperty('refresh_token')
    expect(await signIn(idp, { scope: 'openid offline_access' })).toHaveProperty('refresh_token')
  })

  it('may leave redirect_uri out, unless strictRedirectUri is on (S-181, A-13)', async () => {
    const idp = fixedIdp()
    expect((await redeem(idp, await codeFor(idp), { redirect_uri: undefined })).status).toBe(200)
    const strict = fixedIdp({ compat: { strictRedirectUri: true } })
    const { body } = await redeem(strict, await codeFor(strict), { redirect_uri: undefined })
    expect(body.error).toBe('invalid_grant')
  })
})

describe('authorization_code: refusals (2.6, "Errors")', () => {
  const errorOf = async (answer: Awaited<ReturnType<typeof redeem>>) => [answer.status, answer.body.error]

  it.each([
    ['an unknown code', { code: 'unknown' }, [400, 'invalid_grant']],
    ['another redirect_uri (S-181)', { redirect_uri: `${redirectUri}/` }, [400, 'invalid_grant']],
    ['a missing verifier (S-160, S-183)', { code_verifier: undefined }, [400, 'invalid_grant']],
    ['a wrong verifier (S-158, S-160)', { code_verifier: 'x'.repeat(43) }, [400, 'invalid_grant']],
    ['a verifier that is too short (S-157)', { code_verifier: 'x'.repeat(42) }, [400, 'invalid_request']],
    [
      'a verifier with a forbidden character (S-157)',
      { code_verifier: `${'x'.repeat(43)}+` },
      [400, 'invalid_request'],
    ],
    ['an unknown client', { client_id: 'nobody' }, [401, 'invalid_client']],
    ['a wrong secret', { client_secret: 'wrong' }, [401, 'invalid_client']],
    ['a client assertion', { client_assertion: 'eyJ' }, [401, 'invalid_client']],
    ['a repeated parameter', { code_verifier: [verifier, verifier] }, [400, 'invalid_request']],
  ])('refuses %s', async (_, changes: Parameters<typeof redeem>[2], expected) => {
    const idp = fixedIdp()
    expect(await errorOf(await redeem(idp, await codeFor(idp), changes))).toEqual(expected)
  })

  it.each([
    ['code', { code: undefined }],
    ['client_id', { client_id: undefined }],
    ['grant_type', { grant_type: undefined }],
  ])('answers in the service shape when %s is missing (2.6)', async (name, changes) => {
    const idp = fixedIdp()
    const { status, body } = await redeem(idp, await codeFor(idp), changes)
    expect([status, body.errorCode]).toEqual([400, 'E011002'])
    expect(body.errorDescription).toContain(name)
  })

  it('names the allowed values for an unknown grant, in the shape that is configured (S-155, 2.6)', async () => {
    const fields = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_id: projectId }
    const prefix = 'urn:ietf:params:oauth:grant-type'
    for (const grant_type of ['password', 'implicit', `${prefix}:device_code`, `${prefix}:token-exchange`]) {
      const { status, body } = await token(fixedIdp(), { ...fields, grant_type })
      expect([status, body.errorCode]).toEqual([400, 'E011003'])
      for (const allowed of ['authorization_code', 'refresh_token', 'client_credentials']) {
        expect(body.errorDescription).toContain(allowed)
      }
    }
    expect((await token(fixedIdp(), fields)).body).toMatchObject({ errorCode: 'E011003' })
    const oauth = fixedIdp({ compat: { unsupportedGrantShape: 'oauth' } })
    expect((await token(oauth, fields)).body.error).toBe('unsupported_grant_type')
  })

  it('answers 415 for another content type and 400 for bad JSON (2.6)', async () => {
    const idp = fixedIdp()
    const send = (contentType: string, body: string) =>
      idp.fetch(
        new Request(`${idp.origin}/oauth2/v1/token`, {
          method: 'POST',
          headers: { 'content-type': contentType },
          body,
        }),
      )
    expect((await send('text/plain', 'grant_type=x')).status).toBe(415)
    expect((await send('application/json', '{')).status).toBe(400)
    expect((await (await send('application/json', '{"grant_type":1}')).json()).errorCode).toBe('E011003')
    expect((await (await send('application/json', '[]')).json()).errorCode).toBe('E011001')
  })

  it('ignores parameters of the query (2.6)', async () => {
    const idp = fixedIdp()
    const response = await post(idp, '/oauth2/v1/token?grant_type=authorization_code', { code: await codeFor(idp) })
    expect((await response.json()).errorDescription).toBe('grant_type is missing')
  })

  it('refuses a code after 60 s, and takes it just before (S-180)', async () => {
    const idp = fixedIdp()
    const early = await codeFor(idp)
    idp.clock.advance(59)
    expect((await redeem(idp, early)).status).toBe(200)
    const late = await codeFor(idp)
    idp.clock.advance(60)
    expect(await errorOf(await redeem(idp, late))).toEqual([400, 'invalid_grant'])
  })

  it('refuses a second use and revokes the tokens of the first (S-180, 2.4, RFC 6749 4.1.2)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    const { body } = await redeem(idp, code)
    expect((await userinfo(idp, body.access_token)).status).toBe(200)
    expect(await errorOf(await redeem(idp, code))).toEqual([400, 'invalid_grant'])
    expect((await userinfo(idp, body.access_token)).status).toBe(401)
    expect((await refresh(idp, body.refresh_token)).body.error).toBe('invalid_grant')
  })

  it('burns a code whose verifier was wrong (S-160)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    await redeem(idp, code, { code_verifier: 'x'.repeat(43) })
    expect(await errorOf(await redeem(idp, code))).toEqual([400, 'invalid_grant'])
  })

  it('refuses a code of another client, and leaves it usable for its own', async () => {
    const idp = fixedIdp({ oidcApps: [{ id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' }] })
    const code = await codeFor(idp)
    expect(await errorOf(await redeem(idp, code, { client_id: 'spa-client' }))).toEqual([400, 'invalid_grant'])
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('refuses a code when the session behind it has ended', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp)
    idp.sessions.end(idp.sessions.list()[0]?.id ?? '')
    expect(await errorOf(await redeem(idp, code))).toEqual([400, 'invalid_grant'])
  })

  it('refuses a verifier for a code without a challenge (RFC 9700 2.1.1)', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp, withoutPkce)
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier }
    const answer = await token(idp, fields, 'oidc', basic(projectId, accessKey.clientSecret))
    expect(await errorOf(answer)).toEqual([400, 'invalid_grant'])
  })
})

describe('authorization_code: client authentication (2.1, 2.6)', () => {
  const redeemAs = async (idp: MockIdp, headers: Record<string, string>, changes = {}) => {
    const code = await codeFor(idp, withoutPkce)
    return token(
      idp,
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...changes },
      'oidc',
      headers,
    )
  }

  it('needs a secret or a challenge for the default application, decided here (2.1 A, DESIGN 5.40)', async () => {
    const idp = fixedIdp()
    expect((await redeemAs(idp, basic(projectId, accessKey.clientSecret))).status).toBe(200)
    const neither = await redeem(idp, await codeFor(idp, withoutPkce), { code_verifier: undefined })
    expect(neither.body.error).toBe('invalid_grant')
  })

  it.each([
    ['project id and key (S-071)', basic(projectId, accessKey.clientSecret)],
    ['key client id and key (S-210)', basic(accessKey.clientId, accessKey.clientSecret)],
  ])('accepts Basic with %s', async (_, headers) => {
    expect((await redeemAs(fixedIdp(), headers)).status).toBe(200)
  })

  it('reads the parts of Basic as they are and form-encoded (S-212, A-24)', async () => {
    const [id, secret] = ['K 2', 'a+b c%41/=:ä']
    const accessKeys = [{ id, name: 'Odd', secret }]
    const clientId = btoa(`${projectId}:${id}`)
    expect(encodeURIComponent(clientId)).not.toBe(clientId)
    const bytes = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))
    for (const text of [
      `${clientId}:${secret}`,
      `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`,
      new URLSearchParams([[clientId, secret]]).toString().replace('%3D=', '%3D:'),
    ]) {
      const answer = await redeemAs(fixedIdp({ accessKeys }), { authorization: `Basic ${btoa(bytes(text))}` })
      expect([text, answer.status]).toEqual([text, 200])
    }
    const other = `${clientId}:${secret}%`
    const wrong = await redeemAs(fixedIdp({ accessKeys }), { authorization: `Basic ${btoa(bytes(other))}` })
    expect(wrong.status).toBe(401)
  })

  it('answers 401 with a challenge when Basic was used, and without one otherwise (RFC 6749 5.2)', async () => {
    const wrong = await redeemAs(fixedIdp(), basic(projectId, 'wrong'))
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
    expect(wrong.headers.get('www-authenticate')).toBe('Basic realm="oauth2"')
    const inBody = await redeemAs(fixedIdp(), {}, { client_id: projectId, client_secret: 'wrong' })
    expect(inBody.headers.has('www-authenticate')).toBe(false)
  })

  it('refuses a broken Basic header, and two different client ids (S-182)', async () => {
    expect((await redeemAs(fixedIdp(), { authorization: 'Basic %%%' })).body.error).toBe('invalid_client')
    const differ = await redeemAs(fixedIdp(), basic(projectId, accessKey.clientSecret), { client_id: 'other' })
    expect(differ.body.error).toBe('invalid_request')
    const agree = await redeemAs(fixedIdp(), basic(projectId, accessKey.clientSecret), { client_id: projectId })
    expect(agree.status).toBe(200)
  })

  it('takes any active key of the project; refuses an inactive key and an expired one (S-071, 2.6)', async () => {
    const idp = fixedIdp()
    const headers = basic(projectId, accessKey.clientSecret)
    const other = idp.accessKeys.create({ name: 'Other' })
    expect((await redeemAs(idp, basic(projectId, other.secret))).status).toBe(200)
    idp.accessKeys.update(accessKey.id, { status: 'inactive' })
    expect((await redeemAs(idp, headers)).status).toBe(401)
    idp.accessKeys.update(accessKey.id, { status: 'active', expireTime: Math.floor(idp.clock.now() / 1000) + 5 })
    expect((await redeemAs(idp, headers)).status).toBe(200)
    idp.clock.advance(5)
    expect((await redeemAs(idp, headers)).status).toBe(401)
  })

  it('asks a confidential inbound client for its secret, Basic or post, PKCE being optional (S-410, 2.1 C)', async () => {
    const idp = fixedIdp()
    const changes = { client_id: agent.clientId, ...withoutPkce }
    const redeemIt = async (fields: object, headers = {}) =>
      (
        await token(
          idp,
          { grant_type: 'authorization_code', code: await codeFor(idp, changes, 'inbound'), ...fields },
          'inbound',
          headers,
        )
      ).status
    expect(await redeemIt({ client_id: agent.clientId })).toBe(401)
    expect(await redeemIt({ client_id: agent.clientId, client_secret: agent.clientSecret })).toBe(200)
    expect(await redeemIt({}, basic(agent.clientId, agent.clientSecret))).toBe(200)
    expect(await redeemIt({}, basic(encodeURIComponent(agent.clientId), agent.clientSecret))).toBe(200)
  })

  it('refuses a secret from a public client', async () => {
    const idp = fixedIdp()
    const code = await codeFor(idp, {}, 'inbound')
    const answer = await redeem(idp, code, { client_secret: 'x' }, 'inbound')
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  })

  it('serves the three client types of named applications (S-070, 2.1 B)', async () => {
    const idp = fixedIdp({
      oidcApps: [
        { id: 'legacy', name: 'Legacy' },
        { id: 'spa', name: 'Spa', clientType: 'public', clientId: 'spa-client' },
        { id: 'web', name: 'Web', clientType: 'confidential', clientId: 'web-client', secrets: ['web-secret'] },
      ],
    })
    const legacy = await signIn(idp, { ssoAppId: 'legacy' })
    expect(claimsOf(legacy.id_token)).toMatchObject({ iss: `${idp.issuer}/legacy`, aud: [projectId] })
    const spa = await redeem(idp, await codeFor(idp, { client_id: 'spa-client' }), { client_id: 'spa-client' })
    expect(claimsOf(spa.body.id_token)).toMatchObject({
      iss: `${idp.issuer}/spa`,
      aud: [projectId, 'spa-client'],
      azp: 'spa-client',
    })
    const web = { client_id: 'web-client', client_secret: 'web-secret' }
    expect((await redeem(idp, await codeFor(idp, { client_id: 'web-client' }), web)).status).toBe(200)
    const bare = await redeem(idp, await codeFor(idp, { client_id: 'web-client' }), { client_id: 'web-client' })
    expect(bare.status).toBe(401)
  })

  it('uses the PKCE pair of the quickstart (S-165)', async () => {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    expect(Buffer.from(digest).toString('base64url')).toBe(challenge)
    expect(clientIdOf.oidc).toBe(projectId)
  })
})
