import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { authorizeUrl, fixedIdp, get } from '../support/relying-party.ts'

const allows = async (config: MockIdpConfig, redirectUri: string) =>
  (await get(fixedIdp(config), authorizeUrl(fixedIdp(config), { redirect_uri: redirectUri }))).status === 302

const listed = (...redirectUris: string[]): MockIdpConfig => ({ defaultApp: { redirectUris } })

describe('redirect URIs of an application (2.15, S-408)', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example/cb'],
    ['https://app.example/cb?x=1', 'https://app.example/cb?x=1'],
    ['https://*.app.example/cb', 'https://eu.app.example/cb'],
    ['https://app.example/*', 'https://app.example/a/b'],
    ['https://app.example/*/cb', 'https://app.example/a/cb'],
    ['https://app.example/app/*', 'https://app.example/app/..a/.well-known'],
    ['http://localhost/cb', 'http://localhost:8080/cb'],
    ['http://127.0.0.1/*', 'http://127.0.0.1:51004/any'],
    ['http://[::1]/cb', 'http://[::1]:51004/cb'],
    ['myapp://callback', 'myapp://callback'],
    ['com.example.app:/cb', 'com.example.app:/cb'],
  ])('%s allows %s', async (entry, uri) => {
    expect(await allows(listed(entry), uri)).toBe(true)
  })

  it.each([
    ['https://app.example/cb', 'https://app.example/cb/'],
    ['https://app.example/cb', 'http://app.example/cb'],
    ['https://app.example/cb', 'https://app.example:8443/cb'],
    ['https://app.example/cb', 'https://app.example/cb?x=1'],
    ['https://app.example/cb', 'https://app.example/CB'],
    ['https://app.example/cb', 'https://app.example/a/../cb'],
    ['https://*.app.example/cb', 'https://a.b.app.example/cb'],
    ['https://*.app.example/cb', 'https://app.example/cb'],
    ['https://*.app.example/cb', 'https://attacker.example/.app.example/cb'],
    ['https://app.example/*', 'https://app.example/'],
    ['https://app.example/*', 'https://app.example/a?b'],
    ['https://app.example/*', 'https://app.example@attacker.example/a'],
    ['https://app.example/*', 'https://app.example.attacker.example/a'],
    ['https://app.example/app/*', 'https://app.example/app/../admin'],
    ['https://app.example/app/*', 'https://app.example/app/%2E%2e/admin'],
    ['https://app.example/app/*', 'https://app.example/app/..'],
    ['https://app.example/*', 'https://app.example/\u4e2d'],
    ['https://app.example/*', 'https://app.example/a\nb'],
    ['http://localhost/*', 'http://localhost@attacker.example/a'],
    ['http://localhost/*', 'http://localhost:80@attacker.example/a'],
    ['http://localhost/*', 'http://localhost\\@attacker.example/a'],
    ['http://localhost/cb', 'https://localhost/cb'],
    ['*', 'https://attacker.example/'],
    ['https://app.example/cb', '/cb'],
    ['https://app.example/cb', ' https://app.example/cb'],
    ['https://app.example/cb', 'javascript:alert(1)'],
  ])('%s does not allow %j', async (entry, uri) => {
    expect(await allows(listed(entry), uri)).toBe(false)
  })
})

describe('approved domains of the project (2.1, 2.15)', () => {
  it('allow the host, its subdomains, and nothing that only looks like them', async () => {
    const config = { approvedDomains: ['app.example'] }
    expect(await allows(config, 'https://app.example/x')).toBe(true)
    expect(await allows(config, 'https://eu.app.example:8443/x')).toBe(true)
    expect(await allows(config, 'https://notapp.example/x')).toBe(false)
    expect(await allows(config, 'https://app.example.attacker.example/x')).toBe(false)
    expect(await allows(config, 'myapp://app.example/x')).toBe(false)
  })

  it('an empty list allows nothing, unless allowAnyRedirect is set (DESIGN 5.39)', async () => {
    const uri = 'https://anything.example/x'
    expect(await allows({ approvedDomains: [] }, uri)).toBe(false)
    expect(await allows({ approvedDomains: [], allowAnyRedirect: true }, uri)).toBe(true)
    expect(await allows({ approvedDomains: ['app.example'], allowAnyRedirect: true }, uri)).toBe(false)
  })
})

describe('approved callback URLs of an inbound application (2.15, S-408)', () => {
  const { appId } = demoProject.partner
  const allowsInbound = async (approvedCallbackUrls: string[], redirect_uri: string, config: MockIdpConfig = {}) => {
    const idp = fixedIdp(config)
    idp.inboundApps.update(appId, { approvedCallbackUrls })
    const url = authorizeUrl(idp, { client_id: demoProject.partner.clientId, redirect_uri }, 'inbound')
    return (await get(idp, url)).status === 302
  }

  it.each([
    ['exact', 'https://app.example/cb', 'https://app.example/cb', 'https://app.example/cb2'],
    ['a wildcard in the path', 'https://app.example/*/cb', 'https://app.example/a/cb', 'https://app.example/a/cc'],
    ['a wildcard in the host', 'https://*.app.example/cb', 'https://eu.app.example/cb', 'https://app.example/cb'],
  ])('%s: %s', async (_, entry, good, bad) => {
    expect([await allowsInbound([entry], good), await allowsInbound([entry], bad)]).toEqual([true, false])
  })

  it('an empty list falls back to the approved domains, a list does not', async () => {
    const config = { approvedDomains: ['app.example'] }
    const uri = 'https://app.example/any'
    expect(await allowsInbound([], uri, config)).toBe(true)
    expect(await allowsInbound([], 'https://other.example/any', config)).toBe(false)
    expect(await allowsInbound(['https://other.example/cb'], uri, config)).toBe(false)
  })
})
