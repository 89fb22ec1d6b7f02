/** Clients by their id: those of the directory, and those whose id is the address of their metadata document. */
import { oauthProblem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import { buildClient, type StandardClient } from './client.ts'
import { registrationFields } from './client-metadata.ts'

/** A document may have 5 KiB (OAuth Client ID Metadata Document, section on size). */
const mostBytes = 5120
const keptSeconds = 300

/** A client that is known now; no document is fetched. */
export function knownClient({ standard }: Runtime, clientId: string): StandardClient | undefined {
  return standard.clients.get(clientId) ?? standard.records.documents.get(clientId)?.client
}

/**
 * Finds a client. For an id that is an address its document is fetched, at most once in five minutes.
 *
 * @throws {Problem} `invalid_client_metadata` when there is an address and its document does not fit.
 */
export async function findClient(runtime: Runtime, clientId: string | undefined): Promise<StandardClient | undefined> {
  if (clientId === undefined) return undefined
  const { standard, clock } = runtime
  const registered = standard.clients.get(clientId)
  if (registered || !isDocumentAddress(clientId)) return registered
  const kept = standard.records.documents.get(clientId)
  if (kept && kept.expiresAt > clock.now()) return kept.client
  const client = await clientOfDocument(runtime, clientId).catch((error: unknown) => {
    const text = 'the client metadata document cannot be used; the log of the mock says why'
    // A page of another site could read the reason, and so learn what listens on this machine.
    throw Object.assign(oauthProblem(400, 'invalid_client_metadata', text), { cause: error })
  })
  standard.records.documents.set(clientId, { client, expiresAt: clock.now() + keptSeconds * 1000 })
  return client
}

/** An https address (http on loopback) with a path, without fragment, credentials and dot segments. */
function isDocumentAddress(clientId: string): boolean {
  if (!/^https?:\/\//.test(clientId) || !URL.canParse(clientId)) return false
  const { href, hash, pathname, username, password } = new URL(clientId)
  // The address in normal form is the same text, so no dot segment was taken out.
  return href === clientId && hash === '' && pathname !== '/' && username === '' && password === ''
}

async function clientOfDocument(runtime: Runtime, clientId: string): Promise<StandardClient> {
  const { network } = runtime.standard
  const document = await network.getJson(clientId, mostBytes)
  if (document.client_id !== clientId) throw new TypeError('client_id is not the address of the document')
  if ('client_secret' in document || 'client_secret_expires_at' in document) {
    throw new TypeError('a document is public, so it cannot have a secret')
  }
  const known = Object.entries(document).filter(([name]) => Object.hasOwn(registrationFields, name))
  const given = { token_endpoint_auth_method: 'none', ...Object.fromEntries(known), client_id: clientId } as const
  if (!['none', 'private_key_jwt'].includes(String(given.token_endpoint_auth_method))) {
    throw new TypeError('token_endpoint_auth_method must be none or private_key_jwt')
  }
  const client = buildClient(given, 'document', runtime.project, runtime.random)
  if (client.jwks_uri !== undefined && !network.allows(client.jwks_uri)) {
    throw new TypeError('jwks_uri is at a host that may not be called')
  }
  return client
}
