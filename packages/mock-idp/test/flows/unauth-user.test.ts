import { demoProject, type FlowRunInputs } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { fixedIdp, mira, noa } from '../support/relying-party.ts'

const { acme, globex } = demoProject.tenants
const telephone = '+15550100'

/** A mock with a user who has nothing but a custom login id, beside the fixture users. */
function idpWithDana() {
  const idp = fixedIdp()
  const dana = idp.users.create({ loginIds: ['dana'], name: 'Dana', tenants: { [globex]: {} } })
  const look = async (path: string, inputs: FlowRunInputs) =>
    (await idp.flows.run('sign-up-or-in', inputs)).value(`unauthUser.${path}`)
  return { dana, look, users: idp.users }
}

describe('unauthUser without a variation', () => {
  it('is byEmail: form.email first, form.externalId when that is none (S-306)', async () => {
    const { look } = idpWithDana()
    const both = { form: { email: noa.loginId, externalId: mira.loginId } }
    expect([await look('userId', both), await look('byEmail.userId', both)]).toEqual([noa.id, noa.id])
    const externalId = { form: { externalId: mira.loginId } }
    expect([await look('userId', externalId), await look('byEmail.userId', externalId)]).toEqual([mira.id, mira.id])
    const noAddress = { form: { email: 'noa', externalId: mira.loginId } }
    expect(await look('userId', noAddress)).toBe(mira.id)
  })

  it('is nobody for an externalId that does not look like an e-mail address, or for a telephone number (S-306)', async () => {
    const { look } = idpWithDana()
    for (const form of [{ externalId: 'dana' }, { phone: telephone }, {}]) {
      expect(await look('userId', { form })).toBeUndefined()
      expect(await look('byEmail', { form })).toBeUndefined()
    }
  })

  it('has the same values as byEmail under every key (S-306, S-307)', async () => {
    const { look } = idpWithDana()
    const inputs = { form: { email: mira.loginId }, tenant: acme }
    const { byEmail, byPhone, byTenant, ...values } = Object((await look('byEmail', inputs)) ?? {})
    expect([byEmail, byPhone, byTenant]).toEqual([undefined, undefined, undefined])
    expect(Object.keys(values).length).toBeGreaterThan(20)
    for (const [name, value] of Object.entries(values)) expect(await look(name, inputs)).toEqual(value)
  })
})

describe('variations of unauthUser', () => {
  it('byEmail takes no notice of case, on either side (S-307)', async () => {
    const { look, users } = idpWithDana()
    users.update(noa.id, { email: 'Noa@Globex.Example', loginIds: ['noa'] })
    expect(await look('byEmail.userId', { form: { email: 'nOA@globex.example' } })).toBe(noa.id)
    expect(await look('byEmail.userId', { form: { email: 'noa@globex.example.org' } })).toBeUndefined()
  })

  it.each([telephone, '+1 (555) 010-0'])('byPhone finds %s, and form.phone alone counts (S-308)', async (phone) => {
    const { look } = idpWithDana()
    expect(await look('byPhone.userId', { form: { phone } })).toBe(mira.id)
    expect(await look('byPhone.userId', { form: { externalId: phone } })).toBeUndefined()
    expect(await look('byPhone.userId', { form: { phone: '+15550101' } })).toBeUndefined()
  })

  it('byTenant needs membership in the hinted tenant, or in that of form.tenantDomain (S-309, S-340)', async () => {
    const { dana, look } = idpWithDana()
    for (const [id, form] of [
      [noa.id, { email: noa.loginId }],
      [dana.id, { externalId: 'dana' }],
    ] as const) {
      expect(await look('byTenant.userId', { form, tenant: globex })).toBe(id)
      expect(await look('byTenant.userId', { form, tenant: 'globex.example' })).toBe(id)
      expect(await look('byTenant.userId', { form: { ...form, tenantDomain: 'globex.example' } })).toBe(id)
      expect(await look('byTenant', { form, tenant: acme })).toBeUndefined()
      expect(await look('byTenant', { form: { ...form, tenantDomain: 'acme.example' } })).toBeUndefined()
      expect(await look('byTenant', { form })).toBeUndefined()
    }
    const member = { form: { phone: telephone }, tenant: acme }
    expect(await look('byTenant.tenant.roles', member)).toEqual(['Book Keeper', 'Contact Reader', 'Contact Editor'])
  })

  it('the tenant hint wins over form.tenantDomain (S-309)', async () => {
    const { look } = idpWithDana()
    const form = { email: noa.loginId, tenantDomain: 'globex.example' }
    expect(await look('byTenant', { form, tenant: acme })).toBeUndefined()
    expect(await look('byTenant.userId', { form: { ...form, tenantDomain: 'acme.example' }, tenant: globex })).toBe(
      noa.id,
    )
  })
})
