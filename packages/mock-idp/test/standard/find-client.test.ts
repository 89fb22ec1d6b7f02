import { describe, expect, it } from 'vitest'
import { get } from '../support/relying-party.ts'
import { authorizeUrl, codeFor, redeem, standardIdp } from '../support/standard-client.ts'

const address = 'https://client.example/app/client.json'
const redirect = 'http://localhost:9000/callback'
const good = { client_id: address, client_name: 'By document', redirect_uris: [redirect] }

/** A mock whose calls are answered here. */
function idpWith(answer: (request: Request) => Response | Promise<Response>, allowNetwork = ['client.example']) {
  const calls: string[] = []
  const fetch = async (request: Request) => {
    calls.push(request.url)
    return answer(request)
  }
  return { idp: standardIdp({ standard: { fetch, allowNetwork } }), calls }
}

const ask = (clientId = address) => ({ client_id: clientId, redirect_uri: redirect })

describe('a client metadata document', () => {
  it('makes its address a client id, and is fetched once in five minutes', async () => {
    const { idp, calls } = idpWith(() => Response.json(good))
    const { body, status } = await redeem(idp, await codeFor(idp, ask()), ask())
    expect([status, body.token_type, calls]).toEqual([200, 'Bearer', [address]])
    idp.clock.advance(300)
    await get(idp, authorizeUrl(idp, ask()))
    expect(calls).toHaveLength(2)
  })

  it('is announced in the metadata', async () => {
    const body = await (await get(standardIdp(), '/.well-known/oauth-authorization-server')).json()
    expect(body.client_id_metadata_document_supported).toBe(true)
  })

  it.each<[string, () => Response | Promise<Response>]>([
    ['names another client', () => Response.json({ ...good, client_id: 'https://client.example/other' })],
    ['has a secret', () => Response.json({ ...good, client_secret: 'x' })],
    ['wants a secret', () => Response.json({ ...good, token_endpoint_auth_method: 'client_secret_post' })],
    ['has a javascript: redirect', () => Response.json({ ...good, redirect_uris: ['javascript:x'] })],
    ['has a jwks_uri inside', () => Response.json({ ...good, jwks_uri: 'https://10.0.0.1/keys' })],
    ['has no redirect', () => Response.json({ client_id: address })],
    ['is no JSON', () => new Response('x', { headers: { 'content-type': 'application/json' } })],
    ['is a page', () => new Response('{}', { headers: { 'content-type': 'text/html' } })],
    ['is a list', () => Response.json([good])],
    ['is too large', () => Response.json({ ...good, client_uri: `https://a/${'x'.repeat(6000)}` })],
    ['is elsewhere', () => new Response(null, { status: 302, headers: { location: 'https://client.example/x' } })],
    ['is missing', () => Response.json({}, { status: 404 })],
    ['does not come', () => Promise.reject(new TypeError('no route'))],
  ])('is refused when it %s, on a page', async (_, answer) => {
    const { idp, calls } = idpWith(answer)
    const response = await get(idp, authorizeUrl(idp, ask()))
    expect([response.status, response.headers.get('location'), calls.length]).toEqual([400, null, 1])
    const body = await response.json()
    expect(body.error).toBe('invalid_client_metadata')
    // The reason is for the journal: pages of other sites can read answers, and would learn what listens here.
    expect(body.error_description).toBe('the client metadata document cannot be used; the log of the mock says why')
    expect(idp.log.entries.at(-1)?.reason).toMatch(/says why \(.+\)$/)
  })

  it.each([
    'https://internal.example/client.json',
    'http://client.example/client.json',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/client.json',
    'https://client.example.evil.example/client.json',
    'https://user@client.example/client.json',
    'https://client.example/a/../client.json',
    'https://client.example/',
    'https://client.example/client.json#x',
    'file:///etc/passwd',
  ])('at %s is never fetched', async (clientId) => {
    const { idp, calls } = idpWith(() => Response.json({ ...good, client_id: clientId }))
    expect((await get(idp, authorizeUrl(idp, ask(clientId)))).status).toBe(400)
    expect(calls).toEqual([])
  })

  it('on loopback is fetched without being allowed', async () => {
    const local = 'http://127.0.0.1:7000/client.json'
    const { idp, calls } = idpWith(() => Response.json({ ...good, client_id: local }), [])
    expect((await get(idp, authorizeUrl(idp, ask(local)))).status).toBe(302)
    expect(calls).toEqual([local])
  })
})
