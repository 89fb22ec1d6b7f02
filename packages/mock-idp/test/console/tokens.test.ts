import type { FaultName, MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { consoleHost, openConsole, type TestConsole } from '../support/console.ts'
import { signIn } from '../support/relying-party.ts'

const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

async function decode({ send }: TestConsole, token: string): Promise<string> {
  const form = new URLSearchParams({ token }).toString()
  const { status, text } = await send('POST', '/tokens', { origin: `http://${consoleHost}` }, form)
  expect(status).toBe(200)
  return text.replaceAll('&#39;', "'")
}

async function withFault(idp: MockIdp, name: FaultName) {
  idp.faults.next(name)
  return signIn(idp)
}

describe('a pasted token', () => {
  it('is shown with header, claims and times seen from the clock of the mock, and not repeated', async () => {
    const console = openConsole()
    const { access_token: token } = await signIn(console.idp)
    console.idp.clock.advance(120)
    const page = await decode(console, `  Bearer ${token}\n`)
    const text = textOf(page)
    for (const part of ['RS256', 'Signed by the mock with mock-test-key-1, the key that signs now', '2 min ago']) {
      expect(text).toContain(part)
    }
    expect(text).toContain("Not expired by the mock's clock")
    expect(text).toContain('Access token of Default application, live')
    expect(text).toContain('2026-01-01 00:10:00 UTC in 8 min')
    expect(page).not.toContain(token)
  })

  it('is expired once the clock of the mock says so', async () => {
    const console = openConsole()
    const { id_token: token } = await signIn(console.idp)
    console.idp.clock.advance(86_400)
    const text = textOf(await decode(console, token))
    expect(text).toContain("Expired by the mock's clock")
    expect(text).toContain('ID token of Default application')
  })

  it('is told apart by the key that signed it', async () => {
    const console = openConsole()
    const { idp } = console
    const { id_token: token } = await signIn(idp)
    const old = idp.keys.kid
    idp.keys.rotate()
    expect(await decode(console, token)).toContain(`Signed by the mock with ${old}, an older key`)
    idp.keys.drop(old)
    expect(await decode(console, token)).toContain('Not signed by any key that the mock has now')
    const { id_token: current } = await signIn(idp)
    idp.keys.drop(idp.keys.kid)
    expect(await decode(console, current)).toContain('which is not in the key set any more')
  })

  it.each([
    ['id-token-alg-none', 'Not signed: alg is none'],
    ['id-token-alg-hs256', 'HS256 with the public key as the secret'],
    ['id-token-signature-foreign-key', 'the key that the mock uses for faults'],
    ['id-token-kid-unknown', 'but kid says otherwise'],
    ['id-token-exp-missing', 'There is no exp'],
    ['id-token-expired', "Expired by the mock's clock"],
  ] as const)('shows what the fault %s did', async (name, words) => {
    const console = openConsole()
    expect(await decode(console, (await withFault(console.idp, name)).id_token)).toContain(words)
  })

  it('says whether it was revoked, replaced, or is unknown here', async () => {
    const console = openConsole({ refreshTokenRotation: true })
    const { idp } = console
    const tokens = await signIn(idp)
    expect(await decode(console, tokens.refresh_token)).toContain('Refresh token of Default application, live')
    const [session] = idp.sessions.list()
    expect(await decode(console, session?.cookie.replace('DSR=', '') ?? '')).toContain('Cookie of a session')
    idp.sessions.end(session?.id ?? '')
    expect(await decode(console, tokens.access_token)).toContain('its session has ended')
    expect(await decode(console, await idp.tokens.accessToken())).toContain('no record of it')
  })

  it.each(['', 'nonsense', 'a.b.c', 'eyJhbGciOiJub25lIn0.W10.', '<script>alert(1)</script>'])(
    'that is none (%j) is refused in words',
    async (token) => {
      const page = await decode(openConsole(), token)
      expect(page).toContain('This is not a JWT')
      expect(page).not.toContain('<script>alert')
    },
  )

  it('is left alone when its times are no times', async () => {
    const console = openConsole()
    const odd = { exp: 9e15, iat: 'never', nbf: -9e15, rexp: 'soon' }
    const text = textOf(await decode(console, await console.idp.tokens.accessToken({ claims: odd })))
    expect(text).toContain('not a time')
    expect(text).toContain('soon')
  })
})

describe('the tokens that the mock gave', () => {
  it('are listed by kind and number, and open as claims', async () => {
    const { show, idp } = openConsole()
    await signIn(idp)
    const list = textOf(await show('/tokens'))
    for (const text of ['Access token 1', 'ID token 1', 'Refresh token 1', '3 tokens', 'Mira Tal']) {
      expect(list).toContain(text)
    }
    const page = textOf(await show('/tokens/id/1'))
    for (const text of ['ID token of Default application', 'nonce-1', 'mock-test-key-1']) expect(page).toContain(text)
  })

  it('are listed as opaque when they say nothing', async () => {
    const { show, idp } = openConsole()
    idp.faults.next('access-token-opaque')
    const { access_token: token } = await signIn(idp)
    const page = await show('/tokens/access/1')
    expect(page).toContain('It is opaque')
    expect(page).not.toContain(token)
  })
})
