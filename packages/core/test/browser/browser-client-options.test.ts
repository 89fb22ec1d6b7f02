import { describe, expect, it } from 'vitest'
import { type BrowserClientOptions, createBrowserClient } from '../../src/browser/index.ts'

const create = (more: Partial<BrowserClientOptions> = {}) =>
  createBrowserClient({
    issuer: 'https://idp.example',
    clientId: 'app',
    redirectUri: 'https://app.example/callback',
    ...more,
  })

describe('createBrowserClient', () => {
  it.each([
    ['a scope without openid (S-170)', { scope: 'profile email' }, '"scope" must be scopes with openid'],
    ['a part of the word openid (S-170)', { scope: 'openidx' }, '"scope" must be'],
    [
      'a way back by http (S-408)',
      { redirectUri: 'http://app.example/callback' },
      '"redirectUri" must be an https URL',
    ],
    [
      'a path to come back to after a logout (S-201)',
      { postLogoutRedirectUri: '/bye' },
      '"postLogoutRedirectUri" must be',
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => create(options)).toThrow(expect.objectContaining({ code: 'OIDC_OPTION_INVALID' }))
    expect(() => create(options)).toThrow(message)
  })

  it.each([
    ['openid alone (S-170)', { scope: 'openid' }],
    ['http on this machine (S-408)', { redirectUri: 'http://localhost:5173/callback' }],
    ['an absolute URL to come back to after a logout (S-201)', { postLogoutRedirectUri: 'https://app.example/bye' }],
  ])('takes %s', (_, options) => {
    expect(() => create(options)).not.toThrow()
  })
})
