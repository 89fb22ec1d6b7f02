import type { FlowDefinition } from '@countersign/mock-idp'
import { expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, mira, noa } from '../support/relying-party.ts'

const remembers: FlowDefinition = {
  id: 'remembers',
  start: 'ask',
  nodes: {
    ask: {
      kind: 'screen',
      title: 'Last <{{lastAuth.loginId}}> group <{{abTestingKey}}> <{{idpInitiated}}> <{{externalToken}}>',
      buttons: [{ id: 'go', label: 'Go on', next: 'done' }],
    },
    done: { kind: 'end', outcome: 'success' },
  },
}

/** A browser at a mock with that flow, and what the flow knows of it. */
function openBrowser() {
  const idp = fixedIdp({ flows: [remembers] })
  const show = async (cookie?: string) => {
    const url = new URL(`/login/${idp.projectId}?flow=remembers&external_token=x&idp_initiated=true`, idp.origin)
    const headers = { accept: 'text/html', ...(cookie !== undefined && { cookie }) }
    const request = new Request(url, { headers })
    const html = await (await (cookie === undefined ? idp.driver.fetch(request) : idp.fetch(request))).text()
    const heading = /<h1>([\s\S]*)<\/h1>/.exec(html)?.[1]?.replaceAll('&lt;', '<').replaceAll('&gt;', '>') ?? ''
    const [, loginId, group, begunElsewhere, token] = /^Last <(.*)> group <(.*)> <(.*)> <(.*)>$/.exec(heading) ?? []
    return { loginId, group: Number(group), rest: [begunElsewhere, token] }
  }
  const signIn = (user: string) => idp.driver.login(authorizeUrl(idp, { prompt: 'login' }), { user })
  return { idp, show, signIn }
}

it('lastAuth.loginId is who signed in last in this browser, also after a logout, and nobody before (4.6)', async () => {
  const { idp, show, signIn } = openBrowser()
  expect((await show()).loginId).toBe('')
  await signIn(mira.loginId)
  expect((await show()).loginId).toBe(mira.loginId)
  await signIn(noa.loginId)
  for (const { id } of idp.sessions.list()) idp.sessions.end(id)
  expect((await show()).loginId).toBe(noa.loginId)
  idp.driver.clearCookies()
  expect((await show()).loginId).toBe('')
})

it('lastAuth.loginId is the one that was typed, of a user who has several', async () => {
  const { idp, show, signIn } = openBrowser()
  const [first, second] = ['first@acme.example', 'second@acme.example']
  idp.users.create({ loginIds: [first, second], password: 'a-password' })
  await signIn(second)
  expect((await show()).loginId).toBe(second)
  await signIn(first)
  expect((await show()).loginId).toBe(first)
})

it('abTestingKey is 1 to 100, and stays the same in one browser (4.6)', async () => {
  const { idp, show } = openBrowser()
  const { group } = await show()
  expect([group, (await show()).group]).toEqual([expect.toSatisfy((one) => one >= 1 && one <= 100), group])
  const groups = new Set<number>()
  for (let browser = 0; browser < 20; browser++) {
    idp.driver.clearCookies()
    groups.add((await show()).group)
  }
  expect(groups.size).toBeGreaterThan(5)
})

it.each(['0', '101', '7x', '1e1', ''])('a cookie of %j is no group, and another one is drawn', async (value) => {
  const { show } = openBrowser()
  const { group } = await show(`mock_ab_testing_key=${value}`)
  expect(group).toSatisfy((one: number) => one >= 1 && one <= 100)
})

it('a cookie that cannot be decoded is nobody, and markup in one stays text', async () => {
  const { show } = openBrowser()
  expect((await show('mock_last_login_id=%E0%A4%A')).loginId).toBe('')
  expect((await show('mock_last_login_id=%3Cb%3Ex%3C%2Fb%3E')).loginId).toBe('<b>x</b>')
})

it('an external token is taken from no address: only a page of your own tells it', async () => {
  const { show } = openBrowser()
  expect((await show()).rest).toEqual(['false', ''])
})
