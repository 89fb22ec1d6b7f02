import { demoProject, type FlowDefinition, type MockIdp, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { englishTexts } from '../../src/pages/texts.ts'
import { authorizeUrl, fixedIdp, get, mira, pairs } from '../support/relying-party.ts'

/** Other words, with placeholders as they are: no Latin letter is left outside of them. */
const other = (text: string): string =>
  text
    .split(/(\{\{?\w[\w.]*\}?\})/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[A-Za-z]/g, 'ж')))
    .join('')

/** Has every phrase: what a page does not look up stays English, and is found. */
const allPhrases: Record<string, string> = new Proxy(
  {},
  {
    get: (_, name) => (typeof name === 'string' ? other(name) : undefined),
    getOwnPropertyDescriptor: (_, name) => ({ value: other(String(name)), enumerable: true, configurable: true }),
  },
)

const texts = {
  ...Object.fromEntries(Object.entries(englishTexts).map(([name, text]) => [name, other(String(text))])),
  language: 'ru',
  direction: 'ltr',
  phrases: allPhrases,
}

const link: FlowDefinition = {
  id: 'link',
  start: 'send',
  nodes: {
    send: { kind: 'action', action: 'magic-link', args: { mode: 'sign-in', to: mira.loginId }, next: 'done' },
    done: { kind: 'end', outcome: 'success' },
  },
}
const form: FlowDefinition = {
  id: 'form',
  start: 'ask',
  nodes: {
    ask: {
      kind: 'screen',
      title: 'Your order',
      text: 'What shall it be?',
      fields: [
        { name: 'size', type: 'select', label: 'Size', options: ['Small', 'Large'] },
        { name: 'zip', type: 'text', label: 'Postal code', pattern: '\\d+' },
        { name: 'mail', type: 'email', label: 'Address' },
        { name: 'terms', type: 'checkbox', label: 'I agree', required: true },
      ],
      buttons: [{ id: 'go', label: 'Order', next: 'sorry' }],
    },
    sorry: { kind: 'end', outcome: 'failure', message: 'Sold out.' },
  },
}

/** Names are data, not texts: they have no Latin letters here. */
const config: MockIdpConfig = {
  texts: texts as NonNullable<MockIdpConfig['texts']>,
  flows: [link, form],
  compat: { logoutWithoutHint: 'confirm' },
}
function idpWithNames(more: MockIdpConfig = {}): MockIdp {
  const idp = fixedIdp({ ...config, ...more })
  for (const [index, { id }] of idp.users.list().entries()) idp.users.update(id, { name: `№ ${index}` })
  for (const [index, app] of idp.inboundApps.list().entries()) {
    const scopes = (list: typeof app.permissionsScopes) => list.map((scope) => ({ ...scope, description: '№' }))
    const { permissionsScopes, attributesScopes } = app
    const described = { permissionsScopes: scopes(permissionsScopes), attributesScopes: scopes(attributesScopes) }
    idp.inboundApps.update(app.id, { name: `№ ${index}`, ...described })
  }
  return idp
}

/** A browser with cookies that follows redirects inside the mock. */
function browserOf(idp: MockIdp) {
  const jar = new Map<string, string>()
  let page = ''
  const send = async (target: string | URL, body?: URLSearchParams): Promise<string> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie }
    const url = new URL(target, idp.origin)
    const response = await idp.fetch(new Request(url, body ? { method: 'POST', headers, body } : { headers }))
    for (const one of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? []
      jar.set(name, value)
    }
    const location = response.headers.get('location')
    if (location?.startsWith(idp.origin)) return send(location)
    page = await response.text()
    return page
  }
  return {
    open: (target: string | URL) => send(target),
    submit(fields: Record<string, string | readonly string[]>) {
      const hidden = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
      const own = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]))
      const action = /<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? ''
      const { inboundAppApproveScopes: _, ...rest } = own
      return send(action, pairs({ ...rest, ...fields }))
    },
  }
}

const right = { loginId: mira.loginId, password: mira.password }
const partner = { client_id: demoProject.partner.clientId, scope: 'openid contacts.read files.read_private' }

/** Every hosted page in every state, by name. */
async function walk(idp: MockIdp, locale?: string): Promise<Record<string, string>> {
  const pages: Record<string, string> = {}
  const more = locale === undefined ? {} : { locale }
  const path = (query: Record<string, string>) => `/login/${idp.projectId}?${pairs({ ...query, ...more })}`
  const at = (target: string) =>
    `${target}${locale === undefined ? '' : `${target.includes('?') ? '&' : '?'}locale=${locale}`}`
  const first = browserOf(idp)
  pages.home = await first.open(at('/?code=1&state=2'))
  pages['not found'] = await first.open(at('/a/b/c'))
  pages['refused request'] = await first.open(authorizeUrl(idp, { client_id: 'nobody', ...more }))
  pages['unknown flow'] = await first.open(path({ flow: 'none' }))
  pages['sign in'] = await first.open(authorizeUrl(idp, more))
  pages['wrong password'] = await first.submit({ loginId: 'a', password: 'b' })
  const alone = browserOf(idp)
  await alone.open(path({ debug: 'true' }))
  pages['flow has ended'] = await alone.submit(right)
  pages['sign out?'] = await alone.open(at('/oauth2/v1/logout'))
  pages['signed out'] = await alone.open(at(`/oauth2/v1/logout?client_id=${idp.projectId}`))
  const code = browserOf(idp)
  pages['with code'] = await code.open(path({ flow: 'sign-up-or-in-with-code' }))
  pages['no e-mail'] = await code.submit({})
  pages['bad e-mail'] = await code.submit({ email: '5' })
  pages.code = await code.submit({ email: '5@6.77' })
  pages['wrong code'] = await code.submit({ button: 'verify', code: '0' })
  pages['first login'] = await code.submit({ button: 'verify', code: '123456' })
  const closed = browserOf(idp)
  await closed.open(path({ flow: 'sign-up-or-in-with-code' }))
  idp.users.create({ loginIds: ['8@9.77'], email: '8@9.77', status: 'disabled' })
  pages['closed account'] = await closed.submit({ email: '8@9.77' })
  const strong = browserOf(idp)
  pages['nobody to step up'] = await strong.open(path({ flow: 'step_up' }))
  await strong.open(path({}))
  await strong.submit(right)
  pages['step up'] = await strong.open(path({ flow: 'step_up' }))
  const waiting = browserOf(idp)
  pages['waits for a link'] = await waiting.open(path({ flow: 'link' }))
  pages['opened link'] = await waiting.open(idp.outbox.list(mira.loginId).at(-1)?.link ?? '')
  pages['used link'] = await waiting.open(at('/v1/flow/magic-link?token=x'))
  const order = browserOf(idp)
  pages.form = await order.open(path({ flow: 'form' }))
  pages['form, not agreed'] = await order.submit({})
  pages['form, no number'] = await order.submit({ zip: 'x', terms: 'on' })
  pages['form, unknown button'] = await order.submit({ button: 'x' })
  pages['flow has failed'] = await order.submit({ terms: 'on' })
  for (const flow of ['inbound-apps-user-consent', 'inbound-consent-dob', 'sign-up-or-in']) {
    const consent = browserOf(idp)
    await consent.open(authorizeUrl(idp, { ...partner, flow, ...more }, 'inbound'))
    pages[`consent of ${flow}`] = await consent.submit(right)
    const { decision, button } = { decision: 'allow', button: 'allow' }
    pages[`refused consent of ${flow}`] = await consent.submit(flow === 'sign-up-or-in' ? { decision } : { button })
  }
  return pages
}

/** What a person reads, or hears, in Latin letters; code, data and what says that it is English left aside. */
function leftovers(page: string): string[] {
  const spoken = [...page.matchAll(/(?:aria-label|alt|placeholder|title)="([^"]*)"/g)].map(([, text]) => text)
  const visible = page
    .replace(/<summary[\s\S]*?<\/summary>/g, '')
    .replace(/<ol class="log" lang="en"[\s\S]*?<\/ol>/g, '')
    .replace(/<(style|svg|code)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll(mira.loginId, '')
    .replace(/&\w+;|&#\d+;/g, ' ')
  return [visible, ...spoken].flatMap((text) => text?.match(/[A-Za-z]{2,}[^.<]{0,30}/g) ?? [])
}

describe('config.texts', () => {
  it('reaches every word of every hosted page', async () => {
    const pages = await walk(idpWithNames())
    expect(Object.keys(pages).length).toBeGreaterThan(30)
    const distinct = new Set(Object.values(pages))
    expect(distinct.size).toBe(Object.keys(pages).length)
    for (const [name, page] of Object.entries(pages)) {
      expect([name, /<html lang="ru">/.test(page), /<h1>[^<]/.test(page)]).toEqual([name, true, true])
      expect([name, leftovers(page)]).toEqual([name, []])
    }
  })

  it('is found by this test when it is missing', async () => {
    const pages = await walk(idpWithNames({ texts: {} }))
    for (const [name, page] of Object.entries(pages)) expect([name, leftovers(page).length > 1]).toEqual([name, true])
  })

  it('marks a reason that nobody has translated as English', async () => {
    const idp = fixedIdp({ texts: { language: 'de', phrases: { 'there is nothing at this path': 'Hier ist nichts' } } })
    const read = async (path: string | URL) => (await get(idp, path, { accept: 'text/html' })).text()
    expect(await read('/a/b/c')).toContain('<dd>Hier ist nichts</dd>')
    expect(await read(authorizeUrl(idp, { client_id: 'x' }))).toMatch(/<dd lang="en" dir="auto">client_id names no/)
  })

  it('writes the language from right to left where that is its way, unless told otherwise', async () => {
    for (const [given, html] of [
      [{ language: 'he' }, '<html lang="he" dir="rtl">'],
      [{ language: 'uz-Arab' }, '<html lang="uz-Arab" dir="rtl">'],
      [{ language: 'de' }, '<html lang="de">'],
      [{ language: 'he', direction: 'ltr' }, '<html lang="he">'],
    ] as const) {
      const idp = fixedIdp({ texts: given })
      expect(await (await get(idp, '/', { accept: 'text/html' })).text()).toContain(html)
    }
  })

  it('leaves the values of a select and the error at the redirect URI as they are', async () => {
    const german = { language: 'de', phrases: { Large: 'Gr\u00f6\u00dfe L', 'Sold out.': 'Ausverkauft.' } }
    const idp = fixedIdp({ flows: [form], texts: german })
    const browser = browserOf(idp)
    expect(await browser.open(`/login/${idp.projectId}?flow=form`)).toContain('<option value="Large">Größe L</option>')
    expect(await browser.submit({ terms: 'on', size: 'Large' })).toContain('<dd>Ausverkauft.</dd>')
    const { error } = await idp.flows.run('form', { screens: [{ input: { terms: true } }] })
    expect(error).toEqual({ code: 'FlowEnded', message: 'Sold out.' })
  })
})

describe('config.locales', () => {
  const locales = { ru: texts, he: { homeUsers: 'משתמשים', phrases: { 'Sign in': 'כניסה' } } } as NonNullable<
    MockIdpConfig['locales']
  >

  it('looks at the beginning of a long locale alone', async () => {
    const idp = fixedIdp({ locales })
    const ask = async (locale: string) =>
      (await get(idp, `/login/${idp.projectId}?${new URLSearchParams({ flow: 'sign-up-or-in', locale })}`)).text()
    expect(await ask(`he${'-x'.repeat(200_000)}`)).toContain('כניסה')
    expect(await ask('he-IL-x')).toContain('כניסה')
  })

  it('gives every hosted page another language by the parameter locale', async () => {
    const idp = idpWithNames({ texts: {}, locales })
    for (const [name, page] of Object.entries(await walk(idp, 'ru-RU'))) {
      if (name === 'opened link') continue
      expect([name, /<html lang="ru">/.test(page), leftovers(page)]).toEqual([name, true, []])
    }
  })

  it.each([
    ['he', 'he', 'rtl', 'כניסה'],
    ['he_IL', 'he', 'rtl', 'כניסה'],
    ['HE-Latn-IL', 'he', 'rtl', 'כניסה'],
    ['fr', 'en', undefined, 'Sign in'],
    ['', 'en', undefined, 'Sign in'],
  ])('locale=%s gives the language %s', async (locale, language, direction, heading) => {
    const idp = fixedIdp({ locales })
    const html = await (await get(idp, `/login/${idp.projectId}?${pairs({ locale })}`)).text()
    expect(html).toContain(`<html lang="${language}"${direction === undefined ? '' : ` dir="${direction}"`}>`)
    expect(html).toContain(`<h1>${heading}</h1>`)
  })

  it('serves self-hosted pages by the JSON API of flows too', async () => {
    const idp = fixedIdp({ locales })
    const body = JSON.stringify({ flowId: 'sign-up-or-in', options: { locale: 'he' } })
    const url = new URL('/v1/flow/start', idp.origin)
    const headers = { 'content-type': 'application/json' }
    const answer = await (await idp.fetch(new Request(url, { method: 'POST', headers, body }))).json()
    expect(answer.screen.state).toMatchObject({ title: 'כניסה', fields: [{ label: 'Login ID or e-mail' }, {}] })
  })
})
