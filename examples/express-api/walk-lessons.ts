import { createTokenSource } from '@countersign/core/agent'
import { descopeAgent } from '@countersign/core/descope'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { signIn } from '@countersign/mock-idp/testing'

/** One call to the API, by a token that a real login or token request gave. */
export interface Step {
  readonly lesson: string
  /** Who calls, and what. */
  readonly call: string
  readonly status: number
  /** What came back, or what the challenge says is needed. */
  readonly outcome: string
}

const contact = { name: 'Sol Reyes', company: 'Fern & Co', email: 'sol@fern.example' }

/** Calls the API as four lessons tell, one after the other. */
export async function* walkLessons(idp: MockIdp, apiUrl: string): AsyncGenerator<Step> {
  const { projectId, spa, partner, agent, users } = demoProject
  const asMira = async (client: string, scope: string, consent?: readonly string[]) =>
    (await signIn(idp, { client, scope, user: users.mira.loginId, ...(consent && { consent }) })).accessToken
  const asAgent = async (scope: string) => {
    const { clientId, clientSecret } = agent
    const options = descopeAgent({ kind: 'inbound', projectId, baseUrl: idp.origin, clientId, clientSecret })
    return createTokenSource({ ...options, scope }).getAccessToken()
  }
  const step = async (lesson: string, call: string, token?: string): Promise<Step> => {
    const [, method = 'GET', path = ''] = /(GET|POST) (\S+)/.exec(call) ?? []
    const response = await fetch(apiUrl + path, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(contact) }),
    })
    const text = (await response.text()).trim()
    const outcome = response.ok ? text : (response.headers.get('www-authenticate') ?? text)
    return { lesson, call, status: response.status, outcome }
  }

  const scopes = '1. Scopes'
  yield await step(scopes, 'nobody: GET /contacts')
  yield await step(scopes, 'Mira, invoices only: GET /contacts', await asMira(spa.clientId, 'openid billing.read'))
  yield await step(scopes, 'Mira, contacts: GET /contacts', await asMira(spa.clientId, 'openid contacts.read'))

  const roles = '2. Scopes and roles'
  const editor = await asMira(spa.clientId, 'openid contacts.read contacts.write')
  yield await step(roles, 'Mira, reading only: POST /contacts', await asMira(spa.clientId, 'openid contacts.read'))
  yield await step(roles, 'Mira, an editor: POST /contacts', editor)
  yield await step(roles, 'the agent, without roles: POST /contacts', await asAgent('contacts.write'))

  const clients = '3. Client credentials'
  yield await step(clients, 'the agent: POST /contacts/import', await asAgent('contacts.write'))
  yield await step(clients, 'the agent, asking for invoices too: GET /me', await asAgent('contacts.write billing.read'))
  yield await step(clients, 'Mira, an editor: POST /contacts/import', editor)

  const filters = '4. Filtering'
  const chosen = ['files.read_public']
  const publicFiles = await asMira(partner.clientId, 'openid files.read_public files.read_private', chosen)
  const allFiles = await asMira(partner.clientId, 'openid files.read_public files.read_private')
  yield await step(filters, 'Mira, contacts: GET /files', editor)
  yield await step(filters, 'a partner, public files: GET /files', publicFiles)
  yield await step(filters, 'a partner, all files: GET /files.ndjson', allFiles)
}
