import type { IncomingMessage } from 'node:http'
import { allOf, param, tenant } from '@countersign/core'
import { createRequestGuard, describeDenial, type GuardVerifierOptions } from '@countersign/core/api'
import { readContacts, readInvoices } from '@countersign-example/shared/rules'
import cors from '@fastify/cors'
import fastify, { type FastifyInstance } from 'fastify'
import { requires, send } from './requires.ts'

/** What the API has to know: where tokens come from, and the origins of the pages that may call. */
export interface ApiOptions {
  readonly verifier: Omit<GuardVerifierOptions<IncomingMessage>, 'verifier'>
  readonly origins: readonly string[]
}

/** Creates the API. The guard takes the request of Node that Fastify keeps in `request.raw`. */
export async function createApi({ verifier, origins }: ApiOptions): Promise<FastifyInstance> {
  const app = fastify()
  const guard = createRequestGuard<IncomingMessage>({
    ...verifier,
    // The path alone: a query may hold a token that was sent where it does not belong.
    onDenied: (error, { url }) => app.log.warn({ path: url?.split('?', 1)[0], ...describeDenial(error) }),
  })

  // In front of the guard: it answers preflights, and refusals need its headers too.
  await app.register(cors, { origin: [...origins] })
  app.decorateRequest('auth', undefined)
  app.get('/contacts', { onRequest: requires(guard, readContacts) }, async ({ auth }) => ({ readBy: auth?.subject }))
  app.get<{ Params: { tenantId: string } }>(
    '/tenants/:tenantId/invoices',
    { onRequest: requires(guard, allOf(readInvoices, tenant(param('tenantId')))) },
    async ({ params }) => ({ tenant: params.tenantId }),
  )
  app.delete<{ Params: { id: string } }>(
    '/contacts/:id',
    { onRequest: requires(guard, readContacts) },
    async ({ auth, params }) => {
      auth?.requireAuthentication({ maxAgeSeconds: 300 })
      return { deleted: params.id }
    },
  )
  app.setErrorHandler(async (error, request, reply) => {
    const answer = await guard.refuse(error, request.raw)
    return answer ? send(reply, answer) : reply.code(500).send({ error: 'failed' })
  })
  return app
}
