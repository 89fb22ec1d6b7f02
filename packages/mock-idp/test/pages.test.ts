import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get, mira, pairs, signIn } from './support/relying-party.ts'

type Idp = ReturnType<typeof fixedIdp>
const html = async (response: Promise<Response>) => (await response).text()
const asPage = (idp: Idp, path: string | URL, cookie = '') => html(get(idp, path, { accept: 'text/html', cookie }))

/** The built-in pages that are not screens of a flow. */
const pages: Readonly<Record<string, (idp: Idp) => Promise<string>>> = {
  home: (idp) => asPage(idp, '/'),
  error: (idp) => asPage(idp, authorizeUrl(idp, { client_id: 'nobody' })),
  'not found': (idp) => asPage(idp, '/a/b/c'),
  'sign-in': async (idp) => {
    const first = await get(idp, authorizeUrl(idp), { accept: 'text/html' })
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return asPage(idp, first.headers.get('location') ?? '', cookie)
  },
  consent: async (idp) => {
    idp.inboundApps.update(demoProject.spa.appId, { skipConsentScreen: false })
    const url = authorizeUrl(idp, { flow: 'sign-up-or-in' }, 'inbound')
    const first = await get(idp, url, { accept: 'text/html' })
    const session = await idp.sessions.create(mira.id)
    const cookie = [first.headers.getSetCookie()[0]?.split(';')[0], session.cookie].join('; ')
    const login = await get(idp, first.headers.get('location') ?? '', { accept: 'text/html', cookie })
    return asPage(idp, login.headers.get('location') ?? '', cookie)
  },
  'signed out': async (idp) => {
    const { id_token } = await signIn(idp)
    return asPage(idp, `/oauth2/v1/logout?${pairs({ id_token_hint: id_token })}`)
  },
  'sign out?': async (idp) => asPage(idp, '/oauth2/v1/logout', (await idp.sessions.create(mira.id)).cookie),
}
const config: MockIdpConfig = { compat: { logoutWithoutHint: 'confirm' } }

describe('every built-in page', () => {
  it.each(Object.keys(pages))(
    '%s has a language, a title, one main, one h1, and headings in their order',
    async (name) => {
      const page = (await pages[name]?.(fixedIdp(config))) ?? ''
      expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/)
      expect(page).toMatch(/<title>[^<]+ - Countersign mock<\/title>/)
      expect(page.match(/<main/g)).toHaveLength(1)
      const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
      expect(levels.filter((level) => level === 1)).toHaveLength(1)
      levels.forEach((level, index) => {
        expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1)
      })
      expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">')
    },
  )

  it.each(Object.keys(pages))('%s labels each control, describes each image and has no script', async (name) => {
    const page = (await pages[name]?.(fixedIdp(config))) ?? ''
    const controls = [...page.matchAll(/<(?:input|select)\b[^>]*>/g)].map(([tag]) => tag)
    for (const tag of controls.filter((one) => !one.includes('type="hidden"'))) {
      const id = /\bid="([^"]+)"/.exec(tag)?.[1]
      expect(page, tag).toContain(`for="${id}"`)
    }
    for (const [tag] of page.matchAll(/<img\b[^>]*>/g)) expect(tag).toContain('alt=')
    for (const [, text = ''] of page.matchAll(/<button\b[^>]*>([^<]*)</g)) expect(text.trim()).not.toBe('')
    expect(page).not.toMatch(/<script|\son[a-z]+=|javascript:/i)
    const ids = [...page.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('config.texts', () => {
  const texts = {
    language: 'he',
    direction: 'rtl',
    brand: 'ספק זהות',
    footer: '<b>',
    errorHeading: 'שגיאה',
    signedOutHeading: 'יצאת',
    signOutHeading: 'לצאת?',
    screenApp: 'עבור {app}',
    consentHeading: 'לאשר את {app}?',
    consentUser: 'המשתמש: {user}',
    consentAllow: 'אישור',
  } as const

  it.each([
    ['error', 'שגיאה'],
    ['signed out', 'יצאת'],
    ['sign out?', 'לצאת?'],
    ['consent', 'לאשר את Demo?'],
    ['sign-in', 'Sign in'],
  ])('changes the words, the language and the direction of the page %s', async (name, heading) => {
    const page = (await pages[name]?.(fixedIdp({ ...config, texts }))) ?? ''
    expect(page).toContain('<html lang="he" dir="rtl">')
    expect(page).toContain(`<h1>${heading}</h1>`)
    expect(page).toContain('ספק זהות')
    expect(page).toContain('<footer>&lt;b&gt;</footer>')
  })

  it('leaves the heading of a screen to its flow, and names the application around it', async () => {
    const page = (await pages['sign-in']?.(fixedIdp({ texts }))) ?? ''
    expect(page).toContain('עבור <strong>Default application</strong>')
  })

  it('keeps English where it is silent, and names around {user}', async () => {
    const page = (await pages.consent?.(fixedIdp({ ...config, texts }))) ?? ''
    expect(page).toContain('המשתמש: <strong>Mira Tal</strong>')
    expect(page).toContain('>אישור</button>')
    expect(page).toContain('>Deny</button>')
  })

  it('refuses texts that no page has, and other values', () => {
    expect(() => fixedIdp({ texts: { welcome: 'x' } as object })).toThrow(/config\.texts\.welcome is not an option/)
    expect(() => fixedIdp({ texts: { direction: 'up' } as object })).toThrow(/expected one of "ltr", "rtl"/)
  })
})
