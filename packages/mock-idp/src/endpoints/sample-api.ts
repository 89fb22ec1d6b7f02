/**
 * Sample resources: an API of this project that takes access tokens of inbound applications (IDP-SPEC S-429 to S-439).
 * Refusals carry the challenges of RFC 6750 section 3.1 with the address of the metadata (RFC 9728 section 5.1).
 */
import { json, noStore } from '../http/answers.ts'
import type { Endpoint, Handler } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import { readBody } from '../http/parameters.ts'
import { oauthProblem, type Problem, serviceProblem } from '../http/problem.ts'
import { type VerifiedToken, verifyLocally } from '../tokens/local-verification.ts'
import { metadataAddress } from './protected-resource.ts'

/** What one call needs: one of these scopes and, of users, one of these roles. */
interface AccessRule {
  readonly scopes: readonly string[]
  readonly roles?: readonly string[]
}

/** `/api/contacts` and `/api/files`. */
export const sampleApiEndpoints: readonly Endpoint[] = [
  {
    name: 'sample-contacts',
    cors: true,
    readOnly: true,
    paths: ['/api/contacts'],
    // Who may not see birthdays gets the same rows without them: data is cut to the scopes (S-438).
    get: guarded({ scopes: ['contacts.read'] }, (exchange, { scopes }) => ({
      contacts: contactsOf(exchange).map(({ birthday, ...contact }) =>
        scopes.has('birthday') ? { ...contact, birthday } : contact,
      ),
    })),
    post: guarded({ scopes: ['contacts.write'], roles: ['Contact Editor'] }, addContact),
  },
  {
    name: 'sample-files',
    cors: true,
    readOnly: true,
    paths: ['/api/files'],
    get: guarded({ scopes: ['files.read_public', 'files.read_private'] }, (_, { scopes }) => ({
      files: files.filter(({ visibility }) => scopes.has(`files.read_${visibility}`)),
    })),
  },
]

const contacts = [
  { id: 'c1', name: 'Ada Roe', birthday: '1990-01-02' },
  { id: 'c2', name: 'Bo Lind', birthday: '1985-07-30' },
]

const files = [
  { id: 'f1', name: 'handbook.txt', visibility: 'public' },
  { id: 'f2', name: 'salaries.txt', visibility: 'private' },
]

function contactsOf({ runtime }: Exchange): readonly { id: string; name: string; birthday?: string }[] {
  return [...contacts, ...runtime.records.contacts.values()]
}

async function addContact(exchange: Exchange): Promise<unknown> {
  const name = (await readBody(exchange)).get('name')
  if (name === undefined) throw serviceProblem(400, 'E011002', 'name is missing')
  const contact = { id: `c${contactsOf(exchange).length + 1}`, name }
  exchange.runtime.records.contacts.set(contact.id, contact)
  return contact
}

function guarded(rule: AccessRule, answer: (exchange: Exchange, token: VerifiedToken) => unknown): Handler {
  return async (exchange) => {
    const token = await authenticate(exchange)
    const missing = !rule.scopes.some((scope) => token.scopes.has(scope))
    if (missing)
      throw insufficient('insufficient_scope', `one of these scopes is needed: ${rule.scopes.join(', ')}`, rule)
    // A machine has no roles of its own: what it may do, its scopes say (S-436).
    const lacksRole = !token.isMachine && rule.roles && !rule.roles.some((role) => token.roles.has(role))
    if (lacksRole)
      throw insufficient('insufficient_scope', `one of these roles is needed: ${rule.roles.join(', ')}`, rule)
    exchange.reason = 'allowed'
    return json(await answer(exchange, token), { headers: noStore })
  }
}

async function authenticate(exchange: Exchange): Promise<VerifiedToken> {
  const { request, runtime } = exchange
  const resourceMetadata = `resource_metadata="${metadataAddress(exchange)}"`
  const header = request.headers.get('authorization')
  // Without any token the challenge has no error code (RFC 6750 section 3.1).
  if (header === null) {
    const headers = { 'WWW-Authenticate': `Bearer ${resourceMetadata}` }
    throw oauthProblem(401, 'invalid_token', 'an access token is needed', headers)
  }
  const given = /^bearer +(\S+)$/i.exec(header)?.[1]
  const token = given === undefined ? undefined : await verifyLocally(runtime, given)
  if (token) return token
  const description = 'the token is not a good access token of an inbound application'
  throw oauthProblem(401, 'invalid_token', description, {
    'WWW-Authenticate': `Bearer error="invalid_token", error_description="${description}", ${resourceMetadata}`,
  })
}

function insufficient(code: string, description: string, { scopes }: AccessRule): Problem {
  return oauthProblem(403, code, description, {
    'WWW-Authenticate': `Bearer error="${code}", error_description="${description}", scope="${scopes[0]}"`,
  })
}
