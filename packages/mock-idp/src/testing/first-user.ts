import type { MockIdp } from '../mock-idp.ts'

/**
 * Login id of the first active user, who signs in where a test names nobody.
 *
 * @throws {TypeError} When there is none.
 */
export function firstUser({ users }: Pick<MockIdp, 'users'>): string {
  const user = users.list().find(({ status }) => status === 'active')
  if (!user) throw new TypeError('no active user can sign in: create one, or name one')
  return user.loginIds[0] ?? user.id
}
