import { standardDemo } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { sections } from '../../src/console/sections.ts'
import { openConsole } from '../support/console.ts'
import { mira } from '../support/relying-party.ts'
import { signIn, userinfo } from '../support/standard-client.ts'

const { spa, web, service } = standardDemo

describe('the console of the standard profile', () => {
  it('has every page', async () => {
    const { show } = openConsole({ profile: 'standard' })
    for (const { path, label } of sections) expect(await show(path)).toContain(`<h1>${label}</h1>`)
  })

  it('puts the requests of a login together and names their client', async () => {
    const { show, idp } = openConsole({ profile: 'standard' })
    const tokens = await signIn(idp)
    await userinfo(idp, tokens.access_token)
    const { entries } = idp.log
    expect(entries.at(-1)?.endpoint).toBe('userinfo')
    expect(new Set(entries.map(({ login }) => login))).toEqual(new Set(['mock-000001']))
    expect(new Set(entries.map(({ clientId }) => clientId))).toEqual(new Set([spa.clientId]))
    expect(await show('?login=mock-000001')).toContain(`${entries.length} requests`)
  })

  it('lists clients, and the sessions and tokens that they have', async () => {
    const { show, idp } = openConsole({ profile: 'standard' })
    const tokens = await signIn(idp)
    const apps = await show('/apps')
    for (const { clientId } of [spa, web, service]) expect(apps).toContain(clientId)
    expect(apps).not.toContain(web.clientSecret)
    const name = idp.clients.get(spa.clientId)?.client_name ?? ''
    const list = await show('/tokens')
    for (const page of [await show('/sessions'), list]) expect(page).toContain(name)
    expect(list).toContain('Mira Tal')
    expect(list).not.toContain(tokens.access_token)
  })

  it('knows every algorithm that signs', async () => {
    const { show, idp } = openConsole({ profile: 'standard' })
    for (const id_token_signed_response_alg of ['RS256', 'ES256', 'PS256', 'EdDSA'] as const) {
      idp.clients.update(spa.clientId, { id_token_signed_response_alg })
      await signIn(idp)
    }
    for (const number of [1, 2, 3, 4]) {
      const page = await show(`/tokens/id/${number}`)
      expect(page).toContain('the key that signs now')
      expect(page).toContain(mira.id)
    }
  })
})
