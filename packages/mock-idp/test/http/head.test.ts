import type { MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { descopeEndpoints } from '../../src/endpoints/endpoints.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { standardEndpoints } from '../../src/standard/endpoints/endpoints.ts'
import { openConsole } from '../support/console.ts'
import { authorizeUrl as descopeUrl, fixedIdp, get, mira, post, redirectUri, signIn } from '../support/relying-party.ts'
import { authorizeUrl, login, redeem, spa, standardIdp } from '../support/standard-client.ts'

const head = (idp: MockIdp, target: string | URL) =>
  idp.fetch(new Request(new URL(target, idp.origin), { method: 'HEAD', headers: { cookie: idp.driver.cookies } }))

/** A path that the pattern of an endpoint matches. */
const pathOf = ({ paths: [pattern = ''] }: Endpoint, idp: MockIdp): string =>
  pattern.replace(':projectId', idp.projectId).replace(':applicationId', 'some-app')

const reading = (endpoints: readonly Endpoint[]) => endpoints.filter(({ get }) => get)

describe('HEAD has no effects (RFC 9110 9.2.1, 9.3.2)', () => {
  it.each([
    ['standard', standardIdp, reading(standardEndpoints)],
    ['Descope-like', fixedIdp, reading(descopeEndpoints)],
  ])('is refused in the %s profile where GET does something, and tells its methods', async (_, create, endpoints) => {
    const idp = create()
    for (const endpoint of endpoints) {
      const { status, headers } = await head(idp, pathOf(endpoint, idp))
      if (endpoint.readOnly) expect([endpoint.name, status]).not.toEqual([endpoint.name, 405])
      else
        expect([endpoint.name, status, headers.get('allow')]).toEqual([
          endpoint.name,
          405,
          `GET${endpoint.post ? ', POST' : ''}`,
        ])
    }
    const acting = endpoints.filter(({ readOnly }) => !readOnly).map(({ name }) => name)
    expect(new Set(acting)).toEqual(new Set(expectedActs[idp.issuer === idp.origin ? 'standard' : 'descope']))
  })

  it('of a pushed request leaves it to the GET that follows', async () => {
    const idp = standardIdp()
    const fields = Object.fromEntries(authorizeUrl(idp).searchParams)
    const { request_uri } = await (await post(idp, '/par', fields)).json()
    const url = `/authorize?${new URLSearchParams({ client_id: spa.clientId, request_uri })}`
    expect((await head(idp, url)).status).toBe(405)
    const followed = await get(idp, url)
    expect(followed.headers.get('location')).toContain('/login?')
  })

  it('of an authorize request issues no code for a user who is signed in', async () => {
    const idp = standardIdp()
    await login(idp)
    const { status, headers } = await head(idp, authorizeUrl(idp))
    expect([status, headers.get('location')]).toEqual([405, null])
    const followed = await get(idp, authorizeUrl(idp), { cookie: idp.driver.cookies })
    const code = new URL(followed.headers.get('location') ?? '').searchParams.get('code') ?? ''
    expect((await redeem(idp, code)).status).toBe(200)
  })

  it('of the end of a login does not use the login up', async () => {
    const idp = fixedIdp()
    let refused = 0
    // As a scanner of links does: HEAD in front of every GET.
    const scanned: MockIdp['fetch'] = async (request) => {
      const { url, headers } = request
      if (request.method === 'GET') {
        const { status } = await idp.fetch(new Request(url, { method: 'HEAD', headers }))
        if (status === 405) refused++
      }
      return idp.fetch(request)
    }
    const cookies = new Map<string, string>()
    let location: string | undefined = descopeUrl(idp).href
    let page = ''
    const send = async (url: string, init: RequestInit = {}): Promise<void> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await scanned(new Request(new URL(url, idp.origin), { ...init, headers: { cookie } }))
      for (const text of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
        cookies.set(name, value)
      }
      location = response.headers.get('location') ?? undefined
      page = await response.text()
    }
    await send(location)
    await send(location ?? '')
    const hidden = [...page.matchAll(/name="([\w]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    const body = new URLSearchParams([...hidden, ['loginId', mira.loginId], ['password', mira.password]])
    await send(`/login/${idp.projectId}`, { method: 'POST', body })
    await send(location ?? '')
    expect(location).toMatch(new RegExp(`^${redirectUri}\\?code=`))
    expect(refused).toBe(3)
  })

  it('of logout ends no session', async () => {
    const idp = fixedIdp()
    await signIn(idp)
    const [session] = idp.sessions.list()
    expect((await head(idp, '/oauth2/v1/logout')).status).toBe(405)
    expect(idp.sessions.list()).toEqual([session])
  })

  it('of a page of the console leaves its notice to the page, and of its events opens no stream', async () => {
    const { send } = openConsole()
    const done = await send('POST', '/clock/advance', { origin: 'http://localhost:4455' }, 'seconds=60')
    const path = (done.headers.get('location') ?? '').slice('/mock/console'.length)
    expect([done.status, (await send('HEAD', path)).status]).toEqual([303, 200])
    expect((await send('GET', path)).text).toContain('role="status"')
    expect(await send('HEAD', '/events')).toMatchObject({ status: 200, text: '' })
  })
})

const expectedActs = {
  standard: ['authorize', 'finish-authorize', 'login', 'logout'],
  descope: ['authorize', 'finish-authorize', 'login', 'logout', 'magic-link'],
}
