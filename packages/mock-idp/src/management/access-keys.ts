/** Management of access keys (IDP-SPEC 2.14), and the exchange of a key for a session token. */
import { epochSeconds } from '../clock.ts'
import { json, noStore } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import type { AccessKey } from '../model/access-key.ts'
import type { Runtime } from '../runtime.ts'
import { signKeyToken } from '../tokens/machine-tokens.ts'
import { type Fields, given, pageOf } from './fields.ts'
import { getOperation, type Operation, postOperation } from './operation.ts'
import { membershipList, memberships } from './users.ts'

/** Operations on access keys. */
export const accessKeyOperations: readonly Endpoint[] = [
  postOperation(['/v1/mgmt/accesskey/create'], ({ runtime, input }) => {
    const key = runtime.accessKeys.create({
      name: input.required('name'),
      ...given({
        expireTime: input.whole('expireTime'),
        roles: input.texts('roleNames'),
        tenants: memberships(input, 'keyTenants'),
        customClaims: input.object('customClaims'),
      }),
    })
    return { cleartext: key.secret, key: view(key) }
  }),
  getOperation(['/v1/mgmt/accesskey'], ({ runtime, input }) => ({ key: view(keyOf(runtime, input)) })),
  postOperation(['/v1/mgmt/accesskey/search'], ({ runtime, input }) => {
    const keys = runtime.accessKeys.list()
    return { keys: pageOf(keys, input).map(view), total: keys.length }
  }),
  postOperation(['/v1/mgmt/accesskey/activate'], change({ status: 'active' })),
  postOperation(['/v1/mgmt/accesskey/deactivate'], change({ status: 'inactive' })),
  postOperation(['/v1/mgmt/accesskey/rotate'], ({ runtime, input }) => {
    const cleartext = runtime.random.text(24)
    const key = runtime.accessKeys.update(keyOf(runtime, input).id, { secret: cleartext })
    runtime.audit.add('secret-rotated', key.name, { clientId: key.clientId })
    return { cleartext, key: view(key) }
  }),
  postOperation(['/v1/mgmt/accesskey/delete'], ({ runtime, input }) => {
    runtime.accessKeys.delete(keyOf(runtime, input).id)
    return {}
  }),
  {
    name: 'accesskey-exchange',
    cors: true,
    paths: ['/v1/auth/accesskey/exchange'],
    async post(exchange) {
      const { runtime, request } = exchange
      const { project, accessKeys, clock, defaultApp } = runtime
      const bearer = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
      const secret = bearer.startsWith(`${project.id}:`) ? bearer.slice(project.id.length + 1) : undefined
      const now = epochSeconds(clock)
      const key = accessKeys
        .list()
        .find(
          (one) => one.secret === secret && one.status === 'active' && (one.expireTime === 0 || one.expireTime > now),
        )
      if (!key) throw serviceProblem(401, 'E061005', 'the access key is not right')
      const { token, expiresIn } = await signKeyToken(runtime, defaultApp, key, [])
      exchange.reason = 'access key exchanged'
      return json({ keyId: key.id, sessionJwt: token, expiration: now + expiresIn }, { headers: noStore })
    },
  },
]

function change(changes: Pick<AccessKey, 'status'>): Operation {
  return ({ runtime, input }) => {
    runtime.accessKeys.update(keyOf(runtime, input).id, changes)
    return {}
  }
}

function keyOf(runtime: Runtime, input: Fields): AccessKey {
  const id = input.required('id')
  const key = runtime.accessKeys.list().find((one) => one.id === id)
  if (!key) throw serviceProblem(400, 'E011004', 'id names no access key')
  return key
}

/** The key as the wire shows it, without its secret. */
function view({ id, name, status, clientId, expireTime, roles, tenants, customClaims }: AccessKey): unknown {
  return { id, name, status, clientId, expireTime, roleNames: roles, keyTenants: membershipList(tenants), customClaims }
}
