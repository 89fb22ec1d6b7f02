import { splitScope } from '../../consent/scopes.ts'
import type { Runtime } from '../../runtime.ts'
import type { AccessTokenRequest } from '../../tokens/custom-tokens.ts'
import { signDraft } from '../../tokens/token-draft.ts'
import { knownClient } from '../find-client.ts'
import { targetOf } from '../scopes.ts'
import { subjectFor } from '../subject.ts'
import { draftAccessToken } from './sign-tokens.ts'

/** Signs an access token of the standard profile to order. Throws a `TypeError` when user or client is unknown. */
export async function orderToken(runtime: Runtime, request: AccessTokenRequest): Promise<string> {
  const { standard, users, keys, faults } = runtime
  const id = request.client ?? standard.clients.list()[0]?.client_id ?? ''
  const client = knownClient(runtime, id)
  if (!client) throw new TypeError(`tokens: the client ${JSON.stringify(id)} is unknown`)
  const user = request.user === undefined ? undefined : users.get(request.user)
  if (request.user !== undefined && !user) {
    throw new TypeError(`tokens: the user ${JSON.stringify(request.user)} is unknown`)
  }
  const target = targetOf(runtime, { asked: [], granted: [], scopes: splitScope(request.scope) })
  const subject = user ? { user, subject: await subjectFor(client, user.id) } : {}
  const { draft } = draftAccessToken(runtime, { client, ...subject }, target)
  const { expiresInSeconds: seconds } = request
  Object.assign(draft.claims, seconds !== undefined && { exp: Number(draft.claims.iat) + seconds }, request.claims)
  Object.assign(draft.header, request.header)
  await faults.act('access-token', { endpoint: 'token', client: () => client.client_id }, { runtime, draft })
  return signDraft(keys, draft)
}
