import type { AccessDecision, TenantRights } from '@countersign/core'
import { createAccessTokenVerifier, type VerifiedAccessToken } from '@countersign/core/api'
import type { ClaimsSchema } from '@countersign/core/claims'
import { descopeApi } from '@countersign/core/descope'
import express from 'express'
import { expectTypeOf, test } from 'vitest'
import { createAccessGuard, requireAuth } from '../src/index.ts'

const app = express()
const guard = createAccessGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' }))

test('req.auth may be absent, requireAuth(req) is the token', () => {
  app.get('/contacts/:id', guard.requireScopes('contacts.read'), (req) => {
    expectTypeOf(req.auth).toEqualTypeOf<VerifiedAccessToken | undefined>()
    // @ts-expect-error: it may be absent.
    req.auth.subject
    expectTypeOf(requireAuth(req)).toEqualTypeOf<VerifiedAccessToken>()
    // A guard in front does not blur the parameters of the path.
    expectTypeOf(req.params.id).toEqualTypeOf<string>()
  })
})

test('a tenant comes from the path as Express types it', () => {
  app.get(
    '/:tenant',
    guard.requireTenant((req) => req.params.tenant),
    (req) => {
      expectTypeOf(req.params.tenant).toEqualTypeOf<string>()
    },
  )
  app.get('/:tenant/roles', guard.requireRoles('Editor', { tenant: (req) => req.params.tenant }))
  // @ts-expect-error: a number is no tenant.
  guard.requireTenant(() => 7)
})

test('claims are typed, and unknown ones have to be narrowed (API behaviour 31, API complaint 10)', () => {
  app.get('/', guard.authenticate(), (req) => {
    const { claims, can } = requireAuth(req)
    expectTypeOf(claims.roles).toEqualTypeOf<readonly string[] | undefined>()
    expectTypeOf(claims.tenants).toEqualTypeOf<Readonly<Record<string, TenantRights>> | undefined>()
    expectTypeOf(claims.department).toEqualTypeOf<unknown>()
    // @ts-expect-error: an unknown claim has no members.
    claims.department.name
    // @ts-expect-error: there is no such member.
    requireAuth(req).department
    // @ts-expect-error: claims are read-only.
    claims.sub = 'other'
    expectTypeOf(can).returns.toEqualTypeOf<AccessDecision>()
  })
})

test('a guard has a verifier or the options of one, and rules that are there', () => {
  const verifier = createAccessTokenVerifier({ issuer: 'https://idp.example', audience: 'api' })
  createAccessGuard({ verifier, realm: 'contacts' })
  // @ts-expect-error: the audience belongs to the verifier.
  createAccessGuard({ verifier, audience: 'api' })
  // @ts-expect-error: an issuer alone is not enough.
  createAccessGuard({ issuer: 'https://idp.example' })
  // @ts-expect-error: at least one scope.
  guard.requireScopes()
  // @ts-expect-error: a rule is needed.
  guard.requireAccess()
})

test('claims of a schema have its type, from the guard that checks them (API behaviour 31)', () => {
  const claimsSchema = {} as ClaimsSchema<{ readonly department: { readonly name: string } }>
  const typed = createAccessGuard({ issuer: 'https://idp.example', audience: 'api', claimsSchema })
  app.get('/', typed.authenticate(), (req) => {
    const { claims } = typed.requireAuth(req)
    expectTypeOf(claims.department.name).toEqualTypeOf<string>()
    expectTypeOf(claims.sub).toEqualTypeOf<string>()
    expectTypeOf(claims.tenants).toEqualTypeOf<Readonly<Record<string, TenantRights>> | undefined>()
    // @ts-expect-error: the schema has no such member.
    claims.department.floor
    // @ts-expect-error: nobody has checked it here.
    requireAuth(req).claims.department.name
  })
})
