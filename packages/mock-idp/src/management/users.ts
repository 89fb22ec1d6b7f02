/** Management of users (IDP-SPEC 2.14). */
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import type { Membership, MockUser, UserConfig } from '../model/user.ts'
import type { Runtime } from '../runtime.ts'
import { type Fields, given, pageOf } from './fields.ts'
import { getOperation, type Operation, postOperation } from './operation.ts'

/** Operations on users. */
export const userOperations: readonly Endpoint[] = [
  postOperation(['/v1/mgmt/user/create'], ({ runtime, input }) => {
    const loginId = input.required('loginId')
    const loginIds = [loginId, ...(input.texts('additionalLoginIds') ?? [])]
    if (loginIds.some((name) => runtime.users.get(name))) {
      throw serviceProblem(400, 'E062107', 'a user with this login id exists')
    }
    return { user: view(runtime.users.create({ ...toConfig(input), loginIds })) }
  }),
  postOperation(['/v1/mgmt/user/update'], ({ runtime, input }) => {
    const user = userOf(runtime, input)
    const absent = Object.fromEntries(configFields.map((field) => [field, undefined]))
    return { user: view(runtime.users.update(user.id, { ...absent, ...toConfig(input) })) }
  }),
  postOperation(['/v1/mgmt/user/delete'], ({ runtime, input }) => {
    runtime.users.delete(userOf(runtime, input).id)
    return {}
  }),
  getOperation(['/v1/mgmt/user'], ({ runtime, input }) => ({ user: view(userOf(runtime, input)) })),
  postOperation(['/v1/mgmt/user/search', '/v2/mgmt/user/search'], search()),
]

const configFields = [
  'status',
  'name',
  'givenName',
  'middleName',
  'familyName',
  'email',
  'emailVerified',
  'phone',
  'phoneVerified',
  'picture',
  'roles',
  'tenants',
  'customAttributes',
] as const satisfies readonly (keyof UserConfig)[]

const statusOnWire = { active: 'enabled', invited: 'invited', disabled: 'disabled' } as const

function toConfig(input: Fields): Partial<UserConfig> {
  const wire = input.text('status')
  const status = (['active', 'invited', 'disabled'] as const).find((one) => wire === one || wire === statusOnWire[one])
  if (wire !== undefined && !status) {
    throw serviceProblem(400, 'E011003', 'status must be one of enabled, invited, disabled')
  }
  return given({
    status,
    password: input.text('password'),
    name: input.text('displayName') ?? input.text('name'),
    givenName: input.text('givenName'),
    middleName: input.text('middleName'),
    familyName: input.text('familyName'),
    email: input.text('email'),
    emailVerified: input.flag('verifiedEmail'),
    phone: input.text('phone'),
    phoneVerified: input.flag('verifiedPhone'),
    picture: input.text('picture'),
    roles: input.texts('roleNames'),
    tenants: memberships(input, 'userTenants'),
    customAttributes: input.object('customAttributes'),
  })
}

/** Memberships as the wire writes them: a list of `{ tenantId, roleNames }`. */
export function memberships(input: Fields, name: string): Record<string, Membership> | undefined {
  const list = input.objects(name)
  return (
    list && Object.fromEntries(list.map((one) => [one.required('tenantId'), { roles: one.texts('roleNames') ?? [] }]))
  )
}

/** The same the other way round. */
export function membershipList(tenants: Readonly<Record<string, Membership>>): unknown[] {
  return Object.entries(tenants).map(([tenantId, { roles = [] }]) => ({ tenantId, roleNames: roles }))
}

function userOf(runtime: Runtime, input: Fields): MockUser {
  const name = input.text('userId') ?? input.text('userid') ?? input.text('loginId') ?? input.text('loginid')
  if (name === undefined) throw serviceProblem(400, 'E011002', 'loginId or userId is missing')
  const user = runtime.users.get(name)
  if (!user) throw serviceProblem(400, 'E112102', 'there is no such user')
  return user
}

/** The user as the wire shows it; the password is never shown. */
function view(user: MockUser): Record<string, unknown> {
  return {
    userId: user.id,
    loginIds: user.loginIds,
    status: statusOnWire[user.status],
    ...given({
      name: user.name,
      givenName: user.givenName,
      middleName: user.middleName,
      familyName: user.familyName,
      email: user.email,
      phone: user.phone,
      picture: user.picture,
    }),
    verifiedEmail: user.email !== undefined && (user.emailVerified ?? false),
    verifiedPhone: user.phone !== undefined && (user.phoneVerified ?? false),
    roleNames: user.roles,
    userTenants: membershipList(user.tenants),
    customAttributes: user.customAttributes,
  }
}

/** Every filter that is given must fit; of its values, one. */
function search(): Operation {
  return ({ runtime, input }) => {
    const text = input.text('text')?.toLowerCase()
    const filters: [string, (user: MockUser) => readonly (string | undefined)[]][] = [
      ['tenantIds', (user) => Object.keys(user.tenants)],
      ['roleNames', (user) => [...user.roles, ...Object.values(user.tenants).flatMap(({ roles = [] }) => roles)]],
      ['emails', (user) => [user.email]],
      ['phones', (user) => [user.phone]],
      ['loginIds', (user) => user.loginIds],
      ['userIds', (user) => [user.id]],
      ['statuses', (user) => [statusOnWire[user.status]]],
    ]
    const wanted = filters.map(([name, of]) => ({ values: input.texts(name), of }))
    const fits = (user: MockUser): boolean =>
      wanted.every(
        ({ values, of }) => !values?.length || of(user).some((one) => one !== undefined && values.includes(one)),
      )
    const contains = (user: MockUser): boolean =>
      text === undefined ||
      [user.name, user.email, user.phone, ...user.loginIds].some((one) => one?.toLowerCase().includes(text))
    const found = runtime.users.list().filter((user) => fits(user) && contains(user))
    return { users: pageOf(found, input).map(view), total: found.length }
  }
}
