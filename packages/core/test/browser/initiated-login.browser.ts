import { describe, expect, it } from 'vitest'
import { initiateLogin } from '../../src/browser/initiated-login.ts'
import { createBrowserSession } from './browser-session.ts'

const page = `${location.origin}/start-login`

/** Starts a login as a third party asks for it, and gives where the page went. */
async function initiated(request: (issuer: string) => string | URLSearchParams) {
  const session = await createBrowserSession()
  const outcome = await initiateLogin(session.client, request(session.idp.issuer)).then(
    () => 'left',
    (error) => error.code,
  )
  return { ...session, outcome, sent: new URL(session.navigations[0] ?? 'about:blank').searchParams }
}

describe('initiateLogin', () => {
  it('starts a login with the hint, and comes back to the target (case A-3PI-01)', async () => {
    const { outcome, sent, idp, client, navigations } = await initiated(
      (iss) =>
        `${page}?${new URLSearchParams({ iss, login_hint: 'mira@example.com', target_link_uri: `${location.origin}/orders?page=2` })}`,
    )
    expect(outcome).toBe('left')
    expect(sent.get('login_hint')).toBe('mira@example.com')
    expect(sent.get('state')).toMatch(/^[\w-]{43}$/)
    expect(sent.get('nonce')).toMatch(/^[\w-]{43}$/)
    expect(client.getSnapshot().status, 'nobody is signed in by the request alone').not.toBe('authenticated')
    const callback = await idp.walkLogin(navigations[0] ?? '')
    await expect(client.handleCallback(callback.href)).resolves.toEqual({ returnTo: '/orders?page=2' })
  })

  it('takes the fields of a POST, and needs no more than the issuer (case A-3PI-01)', async () => {
    const first = await initiated((iss) => new URLSearchParams({ iss }))
    const second = await initiated((iss) => new URLSearchParams({ iss }))
    expect([first.outcome, second.outcome]).toEqual(['left', 'left'])
    expect(first.sent.has('login_hint')).toBe(false)
    for (const name of ['state', 'nonce']) expect(first.sent.get(name)).not.toBe(second.sent.get(name))
  })

  it.each([
    ['another issuer', () => ({ iss: 'https://evil.example' })],
    ['a longer spelling of the issuer', (iss: string) => ({ iss: `${iss}/` })],
    ['no issuer', () => ({ login_hint: 'mira@example.com' })],
    ['an empty issuer', () => ({ iss: '' })],
  ])('goes nowhere with %s (case A-3PI-01)', async (_, query) => {
    const { outcome, navigations, requests } = await initiated(
      (iss) => `${page}?${new URLSearchParams(query(iss) as Record<string, string>)}`,
    )
    expect(outcome).toBe('OIDC_LOGIN_INITIATION_INVALID')
    expect([navigations, requests]).toEqual([[], []])
  })

  it.each(['iss', 'target_link_uri', 'login_hint'])('goes nowhere with %s twice (case A-3PI-01)', async (name) => {
    const { outcome, navigations } = await initiated((iss) => {
      const twice = new URLSearchParams({ iss, target_link_uri: '/', login_hint: 'mira' })
      twice.append(name, 'https://evil.example')
      return twice
    })
    expect(outcome).toBe('OIDC_LOGIN_INITIATION_INVALID')
    expect(navigations).toEqual([])
  })

  it.each([
    'https://evil.example/x',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    `blob:${location.origin}/x`,
  ])('never comes back to %j (case A-3PI-01)', async (target) => {
    const { client, idp, navigations } = await initiated((iss) => new URLSearchParams({ iss, target_link_uri: target }))
    const callback = await idp.walkLogin(navigations[0] ?? '')
    await expect(client.handleCallback(callback.href)).resolves.toEqual({ returnTo: '/' })
  })

  it('stops a third party that starts one login after the other', async () => {
    const { client, idp } = await initiated((iss) => new URLSearchParams({ iss }))
    const again = () => initiateLogin(client, new URLSearchParams({ iss: idp.issuer }))
    await again()
    await expect(again()).rejects.toMatchObject({ code: 'OIDC_REDIRECT_LOOP' })
  })
})
