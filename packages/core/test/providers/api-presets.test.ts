import { describe, expect, test } from 'vitest'
import { challengeFor, combineVerifiers } from '../../src/api/index.ts'
import { type ErrorCode, permission, role, scope, tenant } from '../../src/index.ts'
import {
  auth0Api,
  entraApi,
  googleApi,
  keycloakApi,
  oktaApi,
  type ProviderApiPreset,
} from '../../src/providers/index.ts'
import { failure } from '../api/api-fixture.ts'
import { recorded, signed, verifierAt } from './provider-fixture.ts'

const tenantId = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490'
const otherTenant = '82229342-1101-4ab6-817b-70c0747630f3'
const apiId = '6e74172b-be56-4843-9ff4-e66a39bb12e3'
const audience = 'https://orders.acme.example'

const entra = { preset: entraApi({ tenantId, audience: apiId }), provider: recorded('entra-v2') }
const entraV1 = {
  preset: entraApi({ tenantId, audience: 'api://orders', tokenVersion: 1 }),
  provider: recorded('entra-v1'),
}
const auth0 = {
  preset: auth0Api({ domain: 'acme.eu.auth0.com', audience, roleClaim: 'https://acme.example/roles' }),
  provider: recorded('auth0'),
}
const okta = { preset: oktaApi({ domain: 'acme.okta.com', audience: 'api://default' }), provider: recorded('okta') }
const keycloak = {
  preset: keycloakApi({ baseUrl: 'https://id.acme.example', realm: 'acme', audience: 'orders' }),
  provider: recorded('keycloak'),
}
const google = {
  preset: googleApi({ audience, serviceAccounts: ['jobs@acme-prod.iam.gserviceaccount.com'] }),
  provider: recorded('google'),
}
const all = Object.entries({ entra, entraV1, auth0, okta, keycloak, google })

interface Recorded {
  readonly preset: ProviderApiPreset
  readonly provider: ReturnType<typeof recorded>
}

const verify = async ({ preset, provider }: Recorded, name: string, changes = {}) =>
  verifierAt(provider, preset).verify(await signed(provider[name], changes))

describe('the preset of each provider', () => {
  test.each(all)('%s: names issuer and keys as its metadata does', (_name, { preset, provider }) => {
    expect(preset).toMatchObject({ issuer: provider.metadata.issuer, jwksUri: provider.metadata.jwks_uri })
  })

  test.each(all)('%s: accepts the token of a machine, and tells that it is one', async (_name, recordedOne) => {
    const caller = await verify(recordedOne, 'machine')
    expect(caller.principal.type).toBe('client')
  })

  const people = all.filter(([name]) => name !== 'google')
  test.each(people)('%s: accepts the token of a user with its scopes and roles', async (name, recordedOne) => {
    const caller = await verify(recordedOne, 'user')
    expect(caller.principal.type).toBe('user')
    expect(caller.principal.clientId).toBeTypeOf('string')
    expect(caller.can(scope('orders.read')).allowed).toBe(true)
    expect(caller.can(role(name.startsWith('entra') ? 'Orders.Editor' : 'Editor')).allowed).toBe(true)
    expect(caller.can(role('Owner')).allowed).toBe(false)
  })

  test.each(all)(
    '%s: refuses an ID token, also one for this API, with and without nonce (case F-11, API behaviour 7)',
    async (_name, one) => {
      const verifier = verifierAt(one.provider, one.preset)
      const closest = { aud: one.preset.audience, nonce: undefined, at_hash: undefined }
      const { claims } = one.provider.idToken
      const codeForUs = 'at_hash' in claims ? 'OIDC_TOKEN_TYP_REFUSED' : 'OIDC_TOKEN_CLAIM_INVALID'
      const codeAsIs = claims.aud === one.preset.audience ? codeForUs : 'OIDC_TOKEN_AUD_REFUSED'
      const refusals: [Readonly<Record<string, unknown>>, ErrorCode][] = [
        [closest, 'OIDC_TOKEN_CLAIM_INVALID'],
        [{ ...closest, nonce: 'n' }, 'OIDC_TOKEN_TYP_REFUSED'],
        [{ ...closest, at_hash: 'h' }, 'OIDC_TOKEN_TYP_REFUSED'],
        [{}, codeAsIs],
      ]
      for (const [changes, code] of refusals) {
        const error = await failure(code, verifier.verify(await signed(one.provider.idToken, changes)))
        expect(challengeFor(error)?.status).toBe(401)
      }
    },
  )

  test.each(all)(
    '%s: accepts a list of audiences with its own, and refuses none, an empty list, a part of the name and other types (API behaviour 10, cases B-06, B-07 and F-14)',
    async (_name, one) => {
      const own = String(one.preset.audience)
      await expect(verify(one, 'machine', { aud: ['https://other.example', own] })).resolves.toBeDefined()
      const refused = [
        undefined,
        [],
        '',
        `${own}/x`,
        own.slice(0, -1),
        'https://other.example',
        7,
        { [own]: own },
        [[own]],
        null,
      ]
      for (const aud of refused) await failure('OIDC_TOKEN_AUD_REFUSED', verify(one, 'machine', { aud }))
    },
  )

  test.each(all)(
    '%s: refuses an issuer that is spelled in another way, contains its own, or is a list (cases B-03, B-04, E-44 and L-13)',
    async (_name, one) => {
      const { issuer } = one.preset
      const slash = issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`
      const refused = [
        slash,
        issuer.toUpperCase(),
        issuer.replace(/^https:\/\/[^/]+/, '$&:443'),
        `${issuer}.evil.example`,
        `https://evil.example/${issuer}`,
        [issuer],
        ['x', issuer],
      ]
      for (const iss of refused) await failure('OIDC_TOKEN_ISS_REFUSED', verify(one, 'machine', { iss }))
    },
  )
})

describe('entraApi', () => {
  test('refuses a token of another tenant, and one whose tid is not that of its issuer', async () => {
    const iss = `https://login.microsoftonline.com/${otherTenant}/v2.0`
    await failure('OIDC_TOKEN_ISS_REFUSED', verify(entra, 'user', { iss, tid: otherTenant }))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(entra, 'user', { tid: otherTenant }))
  })

  test('tells tokens of version 1 and 2 apart', async () => {
    const { provider } = entra
    const mixed = { ...entra.preset, audience: 'api://orders' }
    await failure('OIDC_TOKEN_ISS_REFUSED', verify({ preset: mixed, provider: { ...entraV1.provider } }, 'user'))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify({ preset: entra.preset, provider }, 'user', { ver: '1.0' }))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(entraV1, 'user', { appid: undefined, azp: 'x' }))
  })

  test('judges the tokens of each tenant on a list by itself, and lets no other in', async () => {
    const other = entraApi({ tenantId: otherTenant, audience: apiId })
    const elsewhere = { metadata: { issuer: other.issuer, jwks_uri: other.jwksUri } }
    const verifiers = [verifierAt(entra.provider, entra.preset), verifierAt({ ...entra.provider, ...elsewhere }, other)]
    const verifier = combineVerifiers(verifiers)
    const token = (iss: string, tid: string) => signed(entra.provider.user, { iss, tid })
    for (const [iss, tid] of [
      [entra.preset.issuer, tenantId],
      [other.issuer, otherTenant],
    ] as const) {
      await expect(verifier.verify(await token(iss, tid))).resolves.toMatchObject({ issuer: iss })
    }
    await failure('OIDC_TOKEN_CLAIM_INVALID', verifier.verify(await token(other.issuer, tenantId)))
    const stranger = '00000000-0000-4000-8000-000000000000'
    const strange = other.issuer.replace(otherTenant, stranger)
    await failure('OIDC_TOKEN_ISS_REFUSED', verifier.verify(await token(strange, stranger)))
  })

  test('refuses a token of a client that its tenant does not know, which names no subject', async () => {
    const stranger = { sub: undefined, oid: undefined, roles: undefined }
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(entra, 'machine', stranger))
  })

  test('takes tid for the current tenant, so that a rule can name it', async () => {
    const caller = await verify(entra, 'user')
    expect(caller.can(role('Orders.Editor', { tenant: tenantId })).allowed).toBe(true)
    expect(caller.can(tenant(otherTenant)).allowed).toBe(false)
  })

  test('counts wids as roles only where that is asked for', async () => {
    const [wid] = ['fe930be7-5e62-47db-91af-98c3a49a38b1']
    expect((await verify(entra, 'user')).can(role(wid)).allowed).toBe(false)
    const preset = entraApi({ tenantId, audience: apiId, roleClaims: ['roles', 'wids'] })
    const caller = await verify({ ...entra, preset }, 'user')
    expect([caller.can(role(wid)).allowed, caller.can(role('Orders.Editor')).allowed]).toEqual([true, true])
  })
})

describe('auth0Api', () => {
  test('reads permissions, roles of a claim of the app and the organization', async () => {
    const caller = await verify(auth0, 'user')
    expect(caller.can(permission('delete:orders')).allowed).toBe(true)
    expect(caller.can(role('Editor', { tenant: 'org_5HJfBMKPgYQGbsQ1' })).allowed).toBe(true)
    const plain = { ...auth0, preset: auth0Api({ domain: 'acme.eu.auth0.com', audience }) }
    expect((await verify(plain, 'user', { roles: ['Owner'], '': ['Owner'] })).can(role('Owner')).allowed).toBe(false)
  })

  test('keeps its two token profiles apart where RFC 9068 is declared', async () => {
    const strict = {
      ...auth0,
      preset: auth0Api({ domain: 'acme.eu.auth0.com', audience, tokenProfile: 'rfc9068' }),
    }
    const client = { type: 'client', clientId: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx' }
    expect((await verify(strict, 'rfc9068')).principal.clientId).toBe('K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja')
    expect((await verify(strict, 'rfc9068Machine')).principal).toMatchObject(client)
    await failure('OIDC_TOKEN_TYP_REFUSED', verify(strict, 'user'))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(auth0, 'rfc9068'))
  })
})

describe('keycloakApi', () => {
  test('reads roles of the realm and of one client, never those of another client', async () => {
    const caller = await verify(keycloak, 'user')
    expect(['employee', 'Editor', 'manage-account'].map((name) => caller.can(role(name)).allowed)).toEqual([
      true,
      true,
      false,
    ])
    const narrow = { baseUrl: 'https://id.acme.example', realm: 'acme', audience: ['orders'], realmRoles: false }
    const other = await verify({ ...keycloak, preset: keycloakApi({ ...narrow, rolesOfClient: 'account' }) }, 'user')
    expect(['employee', 'Editor', 'manage-account'].map((name) => other.can(role(name)).allowed)).toEqual([
      false,
      false,
      true,
    ])
  })

  test('counts roles of no client where several audiences name none', async () => {
    const options = { baseUrl: 'https://id.acme.example', realm: 'acme', audience: ['orders'] }
    const caller = await verify({ ...keycloak, preset: keycloakApi(options) }, 'user', {
      resource_access: { '': { roles: ['Owner'] }, false: { roles: ['Owner'] }, orders: { roles: ['Owner'] } },
    })
    expect(['Owner', 'employee'].map((name) => caller.can(role(name)).allowed)).toEqual([false, true])
  })

  test('survives roles in a form that nobody expects', async () => {
    for (const resource_access of [null, 'orders', { orders: null }, { orders: { roles: 'Editor' } }, ['orders']]) {
      const caller = await verify(keycloak, 'user', { realm_access: 7, resource_access })
      expect(caller.can(role('Editor')).allowed).toBe(false)
    }
  })

  test('refuses a refresh token that was signed with the key of access tokens', async () => {
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(keycloak, 'user', { typ: 'Refresh' }))
    await expect(verify(keycloak, 'user', { typ: 'Bearer' })).resolves.toBeDefined()
  })

  test('refuses a DPoP token that does not say its key, and asks for a proof of one that does (RFC 9449 7.2)', async () => {
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(keycloak, 'user', { typ: 'DPoP' }))
    const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
    await failure('OIDC_TOKEN_BOUND', verify(keycloak, 'user', { typ: 'DPoP', cnf }))
  })
})

describe('googleApi', () => {
  test('lets only the listed service accounts in, since anyone gets a token for any audience', async () => {
    const email = 'jobs@attacker.iam.gserviceaccount.com'
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(google, 'machine', { email }))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(google, 'machine', { email_verified: 'true' }))
    await failure('OIDC_TOKEN_CLAIM_INVALID', verify(google, 'machine', { email: undefined }))
  })

  test('grants nothing beyond the login', async () => {
    const caller = await verify(google, 'machine', { roles: ['Owner'] })
    expect(caller.can(role('Owner')).allowed).toBe(false)
  })
})
