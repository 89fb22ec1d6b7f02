import { createServer } from 'node:http'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import { readContacts, readInvoices } from '@countersign-example/shared/rules'
import cors from 'cors'
import express, { type Express } from 'express'
import { contacts, invoices } from './data.ts'

/** What the API has to know. */
export interface ApiOptions {
  /** The project at the identity provider, and where that is. */
  readonly projectId: string
  readonly baseUrl: string
  /** Origins of the pages that may call. */
  readonly origins: readonly string[]
}

/** Creates the API. The guard verifies the access token first, then a rule decides. */
export function createApi({ projectId, baseUrl, origins }: ApiOptions): Express {
  const guard = createAccessGuard(descopeApi({ projectId, baseUrl, inbound: true }))
  const app = express()
  app.use(cors({ origin: [...origins] }))

  app.get('/contacts', guard.requireAccess(readContacts), (_request, response) => {
    response.json(contacts)
  })
  app.get('/invoices', guard.requireAccess(readInvoices), (_request, response) => {
    response.json(invoices)
  })
  app.get('/me', guard.authenticate(), (request, response) => {
    const { principal, grant } = requireAuth(request)
    response.json({ id: principal.id, type: principal.type, scopes: [...grant.scopes] })
  })
  return app
}

/** An API that listens. */
export interface RunningApi {
  readonly url: string
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

/** Starts the API on `localhost`. */
export async function startApi({ port, ...options }: ApiOptions & { readonly port: number }): Promise<RunningApi> {
  const server = createServer(createApi(options))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  return {
    url: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
