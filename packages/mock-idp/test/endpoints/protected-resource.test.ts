import { describe, expect, it } from 'vitest'
import { answerOf, fixedIdp, get } from '../support/relying-party.ts'

const wellKnown = '/.well-known/oauth-protected-resource'

describe('metadata of the sample resources (RFC 9728)', () => {
  it.each([
    ['', ['contacts.read', 'contacts.write', 'files.read_public', 'files.read_private']],
    ['/api/contacts', ['contacts.read', 'contacts.write']],
    ['/api/files', ['files.read_public', 'files.read_private']],
  ])('of "%s" names the resource itself and its authorization server', async (path, scopes) => {
    const idp = fixedIdp()
    const { status, body } = await answerOf(await get(idp, `${wellKnown}${path}`))
    expect([status, body]).toEqual([
      200,
      {
        resource: `${idp.origin}${path}`,
        authorization_servers: [idp.inboundIssuer],
        scopes_supported: scopes,
        bearer_methods_supported: ['header'],
      },
    ])
  })

  it('is not there for a path that is no resource', async () => {
    expect((await get(fixedIdp(), `${wellKnown}/api/nothing`)).status).toBe(404)
  })

  it.each(['/api/contacts', '/api/files'])('is found from the challenges of %s (section 5.1)', async (path) => {
    const idp = fixedIdp()
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }]) {
      const challenge = (await get(idp, path, headers)).headers.get('www-authenticate') ?? ''
      const [, address = ''] = /^Bearer .*\bresource_metadata="([^"]+)"/.exec(challenge) ?? []
      expect((await answerOf(await get(idp, address))).body.resource).toBe(`${idp.origin}${path}`)
    }
  })

  it('leads to the metadata of the authorization server', async () => {
    const idp = fixedIdp()
    const [server] = (await answerOf(await get(idp, `${wellKnown}/api/files`))).body.authorization_servers
    const { body } = await answerOf(await get(idp, `${server}/.well-known/oauth-authorization-server`))
    expect(body.issuer).toBe(server)
  })
})
