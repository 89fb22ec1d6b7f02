import { demoProject } from '@countersign/mock-idp'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { BrowserClient } from '../../src/browser/index.ts'
import { missingScopes, requestScopes } from '../../src/descope/client.ts'
import { descopeBrowser, descopeScopes } from '../../src/descope/index.ts'

const { projectId } = demoProject

describe('descopeBrowser', () => {
  test('needs nothing but a project id (N-01; S-049, S-070, S-168)', () => {
    expect(descopeBrowser({ projectId })).toMatchObject({
      issuer: `https://api.descope.com/${projectId}`,
      clientId: projectId,
      scope: 'openid profile email',
      requireKid: true,
      authorizationParameters: {},
    })
    expect(descopeBrowser({ projectId })).not.toHaveProperty('trustedAudiences')
  })

  test('carries flow and tenant to the authorization request (IDP-SPEC 2.4)', () => {
    const { authorizationParameters } = descopeBrowser({ projectId, flow: 'step-up', tenant: 'acme.example' })
    expect(authorizationParameters).toEqual({ flow: 'step-up', tenant: 'acme.example' })
    expect(descopeBrowser({ projectId, tenant: 'T1' }).authorizationParameters).toEqual({ tenant: 'T1' })
  })

  test('requests rights and custom claims only when asked to (S-073, S-123)', () => {
    expect(descopeBrowser({ projectId, authorizationClaims: true }).scope).toBe('openid profile email descope.claims')
    expect(descopeBrowser({ projectId, customClaims: true }).scope).toBe('openid profile email descope.custom_claims')
    const inbound = { projectId, kind: 'inbound', clientId: 'app', scopes: ['contacts.read', 'email'] } as const
    expect(descopeBrowser(inbound).scope).toBe('openid contacts.read email')
  })

  test('has its scopes by name, and the full list keeps the documented order (N-15; S-118, S-124)', () => {
    expect(descopeScopes).toEqual({
      profile: 'openid profile email',
      authorization: 'descope.claims',
      custom: 'descope.custom_claims',
      all: 'openid profile email descope.custom_claims descope.claims',
    })
    const scopes = ['z.last', 'a.first', 'm.middle']
    expect(descopeBrowser({ projectId, authorizationClaims: true, customClaims: true, scopes }).scope).toBe(
      'openid profile email descope.claims descope.custom_claims z.last a.first m.middle',
    )
  })

  test('has typed scopes where the app names them (S-398)', () => {
    type AppScope = 'contacts.read' | 'contacts.write'
    expect(descopeBrowser<AppScope>({ projectId, scopes: ['contacts.read'] }).scope).toMatch(/ contacts\.read$/)
    // @ts-expect-error: a letter is wrong.
    descopeBrowser<AppScope>({ projectId, scopes: ['contacts.raed'] })
    const ask = (client: BrowserClient) => [
      requestScopes<AppScope>(client, ['contacts.write']),
      // @ts-expect-error: a letter is wrong.
      requestScopes<AppScope>(client, ['contacts.wirte']),
    ]
    expectTypeOf(ask).returns.items.resolves.toEqualTypeOf<readonly AppScope[]>()
    expectTypeOf(missingScopes<AppScope>).returns.toEqualTypeOf<readonly AppScope[]>()
  })

  test('asks an inbound app for a client id, and trusts the project beside it in aud (S-386, IDP-SPEC 3.3)', () => {
    const clientId = demoProject.spa.clientId
    expect(descopeBrowser({ projectId, kind: 'inbound', clientId })).toMatchObject({
      clientId,
      scope: 'openid',
      trustedAudiences: [projectId],
    })
    expect(() => descopeBrowser({ projectId, kind: 'inbound' })).toThrow(/"clientId" is required for kind "inbound"/)
    expect(() => descopeBrowser({ projectId, kind: 'inbound', clientId, applicationId: 'x' })).toThrow(
      /"applicationId" names an OIDC application/,
    )
  })

  test('names the application in the issuer (IDP-SPEC 2.1; S-059)', () => {
    expect(descopeBrowser({ projectId, applicationId: 'back-office' }).issuer).toBe(
      `https://api.descope.com/${projectId}/back-office`,
    )
    for (const applicationId of ['', '../v1/apps', 'a/b', 'a?b', 'x'.repeat(31)]) {
      expect(() => descopeBrowser({ projectId, applicationId })).toThrow(/"applicationId" must be 1 to 30/)
    }
  })
})
