import { allOf, param, scopesOf, tenant } from '@countersign/core'
import {
  createProtectedResource,
  createRequestGuard,
  describeDenial,
  type GuardVerifierOptions,
} from '@countersign/core/api'
import { readContacts, readInvoices } from '@countersign-example/shared/rules'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { type Env, requires } from './requires.ts'

/** What the API has to know: where tokens come from, its own address, and the origins of the pages that may call. */
export interface ApiOptions {
  readonly verifier: Omit<GuardVerifierOptions<Request>, 'verifier'>
  readonly url: string
  readonly origins: readonly string[]
}

/** Creates the API, which runs wherever Hono runs. */
export function createApi({ verifier, url, origins }: ApiOptions): Hono<Env> {
  const readTenantInvoices = allOf(readInvoices, tenant(param('tenantId')))
  const resource = createProtectedResource({
    resource: url,
    authorizationServers: [verifier.issuer],
    scopes: [readContacts, readTenantInvoices].flatMap(scopesOf),
  })
  const guard = createRequestGuard({
    ...verifier,
    resourceMetadata: resource.metadataUrl,
    // The path alone: a query may hold a token that was sent where it does not belong.
    onDenied: (error, { url }) =>
      console.warn(JSON.stringify({ path: new URL(url).pathname, ...describeDenial(error) })),
  })
  const app = new Hono<Env>()
  // In front of the guard: it answers preflights, and refusals need its headers too.
  app.use(cors({ origin: [...origins] }))
  app.get('/.well-known/*', (c) => resource.respond(c.req.raw) ?? c.notFound())
  app.get('/contacts', requires(guard, readContacts), (c) => c.json({ readBy: c.var.auth.subject }))
  app.get('/tenants/:tenantId/invoices', requires(guard, readTenantInvoices), (c) =>
    c.json({ tenant: c.req.param('tenantId') }),
  )
  app.delete('/contacts/:id', requires(guard, readContacts), (c) => {
    c.var.auth.requireAuthentication({ maxAgeSeconds: 300 })
    return c.json({ deleted: c.req.param('id') })
  })
  app.onError(async (error, c) => (await guard.refuse(error, c.req.raw))?.response ?? c.json({ error: 'failed' }, 500))
  return app
}
