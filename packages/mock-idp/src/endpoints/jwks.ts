/** Public keys (IDP-SPEC 2.7; RFC 7517 section 5). */
import { json } from '../http/answers.ts'
import type { Endpoint } from '../http/endpoint.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Runtime } from '../runtime.ts'
import { checkProject } from './discovery.ts'

/** The key set as an object, and as the bare array of the older path. */
export const jwksEndpoints: readonly Endpoint[] = [
  {
    name: 'jwks',
    cors: true,
    readOnly: true,
    paths: ['/:projectId/.well-known/jwks.json', '/v2/keys/:projectId'],
    async get(exchange) {
      checkProject(exchange)
      return answerKeys(exchange)
    },
  },
  {
    name: 'jwks',
    cors: true,
    readOnly: true,
    paths: ['/v1/keys/:projectId'],
    async get(exchange) {
      checkProject(exchange)
      return json(await exchange.runtime.keys.publicJwks(), { headers: cacheControl(exchange.runtime) })
    },
  },
]

/** The key set as an object. */
export async function answerKeys({ runtime }: Exchange): Promise<Response> {
  return json({ keys: await runtime.keys.publicJwks() }, { headers: cacheControl(runtime) })
}

function cacheControl(runtime: Runtime): Readonly<Record<string, string>> {
  return { 'Cache-Control': runtime.project.compat.metadataCacheControl }
}
