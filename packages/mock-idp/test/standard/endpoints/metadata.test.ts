import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { answerOf, get } from '../../support/relying-party.ts'
import { signIn, standardIdp } from '../../support/standard-client.ts'

describe('metadata', () => {
  it('is the same document at both well-known addresses, with the origin as issuer (RFC 8414 3, Discovery 4)', async () => {
    const idp = standardIdp({ origin: 'https://idp.example' })
    const openid = await answerOf(await get(idp, '/.well-known/openid-configuration'))
    const oauth = await answerOf(await get(idp, '/.well-known/oauth-authorization-server'))
    expect(openid.body).toEqual(oauth.body)
    expect([openid.status, openid.body.issuer, idp.issuer]).toEqual([200, 'https://idp.example', 'https://idp.example'])
  })

  it('names endpoints that are all there', async () => {
    const idp = standardIdp()
    const { body } = await answerOf(await get(idp, '/.well-known/openid-configuration'))
    const addresses = Object.entries<string>(body).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
    expect(addresses.length).toBeGreaterThan(5)
    for (const [name, address] of addresses) expect([name, (await get(idp, address)).status]).not.toEqual([name, 404])
  })

  it('names what is refused as refused', async () => {
    const { body } = await answerOf(await get(standardIdp(), '/.well-known/openid-configuration'))
    expect(body).toMatchObject({
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    })
    expect(body.id_token_signing_alg_values_supported).not.toContain('none')
  })
})

describe('jwks', () => {
  it('lists one public key for each algorithm, and the one that signed', async () => {
    const idp = standardIdp()
    const { body } = await answerOf(await get(idp, '/jwks'))
    expect(body.keys.map(({ alg }: { alg: string }) => alg)).toEqual(['RS256', 'ES256', 'PS256', 'EdDSA'])
    expect(body.keys.every((key: object) => !('d' in key))).toBe(true)
    const { id_token } = await signIn(idp)
    const kids = body.keys.map(({ kid }: { kid: string }) => kid)
    expect(kids).toContain(decodeProtectedHeader(id_token).kid)
  })

  it('keeps the old keys of each algorithm after a rotation', async () => {
    const idp = standardIdp()
    idp.keys.rotate()
    expect((await answerOf(await get(idp, '/jwks'))).body.keys).toHaveLength(8)
    idp.keys.rotate({ keep: 0 })
    expect((await answerOf(await get(idp, '/jwks'))).body.keys).toHaveLength(4)
  })
})
