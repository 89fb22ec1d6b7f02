import { sha256 } from '../tokens/token-hash.ts'
import type { StandardClient } from './client.ts'

/**
 * The subject identifier of a user for a client: the user id, or one that clients of another sector cannot relate to it
 * (OpenID Connect Core 8.1). The sector is the host of the first redirect URI.
 */
export async function subjectFor(client: StandardClient, userId: string): Promise<string> {
  if (client.subject_type === 'public') return userId
  const [uri = ''] = client.redirect_uris
  const sector = URL.canParse(uri) ? new URL(uri).host : client.client_id
  return sha256(`${client.issuer} ${sector} ${userId}`)
}
