import { describe, expect, it } from 'vitest'
import { assertion, withAssertion as assertionFields } from '../support/client-assertion.ts'
import { answerOf, basic, post } from '../support/relying-party.ts'
import { problemOf, spa, standardIdp, token, web, webAuth } from '../support/standard-client.ts'

const now = 1767225600
const grant = { grant_type: 'client_credentials', resource: 'https://contacts.example' }
const refused = [401, 'invalid_client']

const withAssertion = (text: string) => ({ ...grant, ...assertionFields(text) })

describe('secrets', () => {
  it('are taken by the registered method alone, with a challenge where the header was used (K-10.4.10)', async () => {
    const idp = standardIdp()
    expect((await token(idp, grant, webAuth)).status).toBe(200)
    const post = await token(idp, { ...grant, client_id: web.clientId, client_secret: web.clientSecret })
    expect([...problemOf(post), post.headers.has('www-authenticate')]).toEqual([...refused, false])
    const wrong = await token(idp, grant, basic(web.clientId, 'wrong'))
    expect([...problemOf(wrong), wrong.headers.get('www-authenticate')]).toEqual([...refused, 'Basic realm="oauth2"'])
    expect(problemOf(await token(idp, { ...grant, client_id: web.clientId }))).toEqual(refused)
    expect(problemOf(await token(idp, grant))).toEqual(refused)
    expect(problemOf(await token(idp, { ...grant, client_id: 'nobody' }))).toEqual(refused)
  })

  it('in the body are taken from a client with client_secret_post', async () => {
    const idp = standardIdp()
    idp.clients.update(web.clientId, { token_endpoint_auth_method: 'client_secret_post' })
    expect((await token(idp, { ...grant, client_id: web.clientId, client_secret: web.clientSecret })).status).toBe(200)
    expect(problemOf(await token(idp, grant, webAuth))).toEqual(refused)
  })

  it('are form-decoded in the header (RFC 6749 2.3.1)', async () => {
    const idp = standardIdp()
    idp.clients.create({ client_id: 'a:b', client_secret: 'c%d', grant_types: ['client_credentials'] })
    expect((await token(idp, grant, basic('a%3Ab', 'c%25d'))).status).toBe(200)
    expect(problemOf(await token(idp, grant, basic('a%3Ab', 'c%d%zz')))).toEqual(refused)
  })

  it('by two methods at once are refused (RFC 6749 2.3)', async () => {
    const answer = await token(standardIdp(), { ...grant, client_secret: 'x', client_id: web.clientId }, webAuth)
    expect(problemOf(answer)).toEqual([400, 'invalid_request'])
  })

  it('are not for public clients', async () => {
    const answer = await token(standardIdp(), { ...grant, client_id: spa.clientId, client_secret: 'x' })
    expect(problemOf(answer)).toEqual(refused)
  })
})

describe('private_key_jwt (RFC 7523 3, Core 9)', () => {
  it.each([
    ['for the issuer', {}],
    ['for the token endpoint', { aud: 'http://127.0.0.1:4455/token' }],
    ['for an array of one', { aud: ['http://127.0.0.1:4455'] }],
  ])('takes an assertion %s', async (_, changes) => {
    const idp = standardIdp()
    expect((await token(idp, withAssertion(await assertion(idp, changes)))).status).toBe(200)
  })

  it.each([
    ['another audience', { aud: 'https://other.example' }],
    ['several audiences', { aud: ['http://127.0.0.1:4455', 'https://other.example'] }],
    ['another issuer', { iss: 'other' }],
    ['no exp', { exp: undefined }],
    ['an old exp', { exp: now - 1 }],
    ['an exp of tomorrow', { exp: now + 86400 }],
    ['no jti', { jti: undefined }],
    ['another subject', { sub: web.clientId }],
  ])('refuses an assertion with %s', async (_, changes) => {
    const idp = standardIdp()
    expect(problemOf(await token(idp, withAssertion(await assertion(idp, changes))))).toEqual(refused)
  })

  it('takes an assertion for the pushed authorization endpoint there, and nowhere else (RFC 9126 2)', async () => {
    const idp = standardIdp()
    const aud = `${idp.origin}/par`
    const push = await answerOf(await post(idp, '/par', assertionFields(await assertion(idp, { aud }))))
    expect(push.body.error_description).toBe('redirect_uri must be given once')
    expect(problemOf(await token(idp, withAssertion(await assertion(idp, { aud }))))).toEqual(refused)
  })

  it('takes each jti once', async () => {
    const idp = standardIdp()
    const fields = withAssertion(await assertion(idp))
    expect((await token(idp, fields)).status).toBe(200)
    expect(problemOf(await token(idp, fields))).toEqual(refused)
    expect((await token(idp, withAssertion(await assertion(idp)))).status).toBe(200)
  })

  it.each(['', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtb2NrLXNlcnZpY2UifQ.'])(
    'refuses %j as an assertion (K-9.1.2)',
    async (text) => {
      expect(problemOf(await token(standardIdp(), withAssertion(text)))).toEqual(refused)
    },
  )
})
