import { demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { openConsole } from '../support/console.ts'
import {
  authorizeUrl,
  basic,
  clientIdOf,
  codeFor,
  get,
  post,
  redeem,
  refresh,
  signIn,
  token,
  userinfo,
} from '../support/relying-party.ts'

const keysOf = (page: string): string[] => Array.from(page.matchAll(/data-key="([^"]+)"/g), ([, key = '']) => key)

describe('the timeline', () => {
  it('shows each request with endpoint, client, status, decision and notes, newest first', async () => {
    const { show, idp } = openConsole()
    await get(idp, authorizeUrl(idp, { acr_values: 'high' }))
    await get(idp, '/no/such/path')
    const page = await show('')
    expect(keysOf(page)).toEqual(['mock-000002', 'mock-000001'])
    for (const text of ['/oauth2/v1/authorize', '302', 'login page', 'acr_values', 'Default application', '404']) {
      expect(page).toContain(text)
    }
  })

  it('names the client that a header, a login or a token stands for', async () => {
    const { show, idp } = openConsole()
    const { clientId } = demoProject.agent
    await token(idp, { grant_type: 'client_credentials' }, 'inbound', basic(clientId, 'wrong'))
    await userinfo(idp, (await signIn(idp)).access_token)
    await get(idp, '/no/such/path')
    const expected = [clientId, ...Array.from({ length: 6 }, () => clientIdOf.oidc), undefined]
    expect(idp.log.entries.map((entry) => entry.clientId)).toEqual(expected)
    expect(await show('?q=demo+agent')).toContain('invalid_client')
    expect(keysOf(await show('?q=default+application'))).toHaveLength(6)
  })

  it('names the faults that acted, and finds requests by them', async () => {
    const { show, idp } = openConsole()
    idp.faults.next('token-error')
    await redeem(idp, 'any')
    await get(idp, '/no/such/path')
    const page = await show('?q=token-error')
    expect(keysOf(page)).toEqual(['mock-000001'])
    expect(page).toContain('Default application')
    for (const one of [page, await show('/requests/mock-000001')]) {
      expect(one).toContain('href="/mock/console/faults/token-error"')
    }
  })

  it('says when there is nothing yet', async () => {
    expect(await openConsole().show('')).toContain('No requests yet')
  })

  it.each([
    ['q=claims+released', ['userinfo']],
    ['q=ROTATED', []],
    ['endpoint=token', ['token']],
    ['status=4xx', ['unknown']],
    ['endpoint=token&status=4xx', []],
    ['q=demo&endpoint=authorize', []],
    ['q=default+app&endpoint=authorize', ['authorize']],
  ])('filters by %s', async (query, endpoints) => {
    const { show, idp } = openConsole()
    await userinfo(idp, (await signIn(idp)).access_token)
    await get(idp, '/no/such/path')
    const shown = keysOf(await show(`?${query}`))
    const found = idp.log.entries.filter(({ id }) => shown.includes(id)).map(({ endpoint }) => endpoint)
    expect(found).toEqual(endpoints)
  })

  it('puts the requests of one login together, also the refresh of its tokens', async () => {
    const { show, idp } = openConsole()
    const first = await signIn(idp)
    await get(idp, '/no/such/path')
    await signIn(idp, {}, 'inbound')
    await refresh(idp, first.refresh_token)
    await userinfo(idp, first.access_token)
    const [login] = idp.log.entries
    const own = idp.log.entries.filter((entry) => entry.login === login?.id).map(({ endpoint }) => endpoint)
    expect(own).toEqual(['authorize', 'login', 'login', 'finish-authorize', 'token', 'token', 'userinfo'])
    const grouped = keysOf(await show('?by=login'))
    expect(grouped.indexOf('mock-000006')).toBeLessThan(grouped.indexOf('login-mock-000001'))
    expect(grouped.slice(grouped.indexOf('login-mock-000001'))).toEqual([
      'login-mock-000001',
      ...idp.log.entries.filter((entry) => entry.login === login?.id).map(({ id }) => id),
    ])
    const filtered = keysOf(await show(`?login=${login?.id}`))
    expect(filtered).toHaveLength(7)
  })

  it('counts revocation and logout to the login, and a code that nobody knows to none', async () => {
    const { idp } = openConsole()
    const tokens = await signIn(idp)
    await post(idp, '/oauth2/v1/revoke', { token: tokens.access_token, client_id: clientIdOf.oidc })
    await get(idp, `/oauth2/v1/logout?${new URLSearchParams({ id_token_hint: tokens.id_token })}`)
    await redeem(idp, 'no-such-code')
    expect(idp.log.entries.slice(-3).map(({ endpoint, login }) => [endpoint, login])).toEqual([
      ['revoke', 'mock-000001'],
      ['logout', 'mock-000001'],
      ['token', undefined],
    ])
  })

  it('shows the newest 200 and says so', async () => {
    const { show, idp } = openConsole()
    for (let count = 0; count < 201; count++) await get(idp, '/no/such/path')
    const page = await show('')
    expect(keysOf(page)).toHaveLength(200)
    expect(page).toContain('The newest 200 of 201 requests')
  })
})

describe('the page of a request', () => {
  it('shows what was asked, answered and decided, and the login around it', async () => {
    const { show, idp } = openConsole()
    await codeFor(idp, { flow: 'sign-up-or-in-with-dob' })
    const page = await show('/requests/mock-000001')
    for (const text of ['redirect_uri', 'state-1', 'login page', 'sign-up-or-in-with-dob, completed', 'mock-000004']) {
      expect(page).toContain(text)
    }
    expect(page).toMatch(/data-key="mock-000001" aria-current="true"/)
  })

  it('names the events of the audit list', async () => {
    const { show, idp } = openConsole()
    const answer = await redeem(idp, 'no-such-code')
    expect(answer.status).toBe(400)
    expect(await show('/requests/mock-000001')).toContain('token-refused')
  })

  it('shows a request that was never answered as that', async () => {
    const { show, idp } = openConsole()
    idp.faults.next('token-hang')
    const body = new URLSearchParams({ client_id: demoProject.projectId })
    const signal = AbortSignal.abort()
    const request = new Request(`${idp.origin}/oauth2/v1/token`, { method: 'POST', body, signal })
    await expect(idp.fetch(request)).rejects.toThrow()
    expect(await show('?status=none')).toContain('no answer')
    expect(await show('/requests/mock-000001')).toContain('There was none')
  })
})
