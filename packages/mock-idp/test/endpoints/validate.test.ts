import { describe, expect, it } from 'vitest'
import { answerOf, claimsOf, fixedIdp, mira, post, signIn } from '../support/relying-party.ts'

type Idp = ReturnType<typeof fixedIdp>
const validate = async (idp: Idp, authorization: string | undefined) =>
  answerOf(await post(idp, '/v1/auth/validate', {}, authorization === undefined ? {} : { authorization }))

describe('POST /v1/auth/validate (2.11)', () => {
  it.each(['oidc', 'inbound'] as const)('answers the claims of a live access token, uncached (%s)', async (kind) => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp, {}, kind)
    const answer = await validate(idp, `Bearer ${idp.projectId}:${access_token}`)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(answer.body).toEqual(claimsOf(access_token))
  })

  it('takes a token that an older, still published key signed', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    idp.keys.rotate()
    expect((await validate(idp, `Bearer ${idp.projectId}:${access_token}`)).status).toBe(200)
    idp.keys.rotate({ keep: 0 })
    expect((await validate(idp, `Bearer ${idp.projectId}:${access_token}`)).status).toBe(401)
  })

  it.each([
    ['no header', () => undefined],
    ['a token without the project', (_: Idp, { access_token }: Tokens) => `Bearer ${access_token}`],
    ['another project', (_: Idp, { access_token }: Tokens) => `Bearer P1:${access_token}`],
    ['a refresh token', (idp: Idp, { refresh_token }: Tokens) => `Bearer ${idp.projectId}:${refresh_token}`],
    [
      'a changed token',
      (idp: Idp, { access_token }: Tokens) => `Bearer ${idp.projectId}:${access_token.slice(0, -8)}AAAAAAAA`,
    ],
    [
      'an expired token',
      (idp: Idp, { access_token }: Tokens) => {
        idp.clock.advance(600)
        return `Bearer ${idp.projectId}:${access_token}`
      },
    ],
  ])('answers 401 E061005 for %s', async (_, authorization) => {
    const idp = fixedIdp()
    const answer = await validate(idp, authorization(idp, await signIn(idp)))
    expect([answer.status, answer.body.errorCode]).toEqual([401, 'E061005'])
  })

  it('answers 401 for a revoked token, and for one that another key signed', async () => {
    const idp = fixedIdp()
    const { access_token } = await signIn(idp)
    await post(idp, '/oauth2/v1/revoke', { token: access_token, client_id: idp.projectId })
    expect((await validate(idp, `Bearer ${idp.projectId}:${access_token}`)).status).toBe(401)
    idp.faults.next('access-token-signature-foreign-key')
    const foreign = await idp.tokens.accessToken({ user: mira.id })
    expect((await validate(idp, `Bearer ${idp.projectId}:${foreign}`)).status).toBe(401)
  })
})

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}
