/** Metadata of the sample resources: which authorization server gives tokens for them (RFC 9728). */
import { json } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'

const wellKnown = '/.well-known/oauth-protected-resource'

/** Paths of the sample resources, each with the scopes that it knows. */
const scopesOf: Readonly<Record<string, readonly string[]>> = {
  '/api/contacts': ['contacts.read', 'contacts.write'],
  '/api/files': ['files.read_public', 'files.read_private'],
}

/** The metadata: of the whole API at the well-known path itself, of one resource with its path behind (section 3.1). */
export const protectedResourceEndpoint: Endpoint = {
  name: 'protected-resource',
  cors: true,
  readOnly: true,
  paths: [wellKnown, ...Object.keys(scopesOf).map((path) => `${wellKnown}${path}`)],
  get({ runtime, url }) {
    const { origin, id, compat } = runtime.project
    const path = url.pathname.slice(url.pathname.indexOf(wellKnown) + wellKnown.length)
    const metadata = {
      resource: `${origin}${path}`,
      authorization_servers: [`${origin}/v1/apps/${id}`],
      scopes_supported: scopesOf[path] ?? Object.values(scopesOf).flat(),
      bearer_methods_supported: ['header'],
    }
    return json(metadata, { headers: { 'Cache-Control': compat.metadataCacheControl } })
  },
}

/** Where the metadata of the resource of a request is. */
export function metadataAddress({ runtime, url }: Exchange): string {
  return `${runtime.project.origin}${wellKnown}${url.pathname}`
}
