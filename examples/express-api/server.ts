import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { preventSharedCaching, writeNdjson } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import { editContacts, importContacts, readContacts, readFiles, readInvoices } from '@countersign-example/shared/rules'
import cors from 'cors'
import express, { type Express, type RequestHandler } from 'express'
import { type Contact, files, contacts as firstContacts, invoices } from './data.ts'
import { visibleFiles } from './visible-files.ts'

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
  const contacts: Contact[] = [...firstContacts]
  const addContact: RequestHandler = (request, response) => {
    contacts.push(request.body)
    response.status(201).json({ contacts: contacts.length, by: requireAuth(request).principal.type })
  }
  const app = express()
  app.use(cors({ origin: [...origins] }))

  // 1. Scopes say what a client may do.
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
  // 2. Roles say what a user may do: a scope alone is not enough.
  app.post('/contacts', guard.requireAccess(editContacts), express.json(), addContact)
  // 3. A client that acts for itself has no roles, and a route of its own.
  app.post('/contacts/import', guard.requireAccess(importContacts), express.json(), addContact)
  // 4. The same route gives each caller what its scopes allow.
  app.get('/files', guard.requireAccess(readFiles), (request, response) => {
    preventSharedCaching(response)
    response.json(visibleFiles.all(files, requireAuth(request).grant))
  })
  app.get('/files.ndjson', guard.requireAccess(readFiles), async (request, response) => {
    preventSharedCaching(response)
    response.type('application/x-ndjson')
    const rows = visibleFiles.stream(files, requireAuth(request).grant)
    await pipeline(Readable.fromWeb(writeNdjson(rows) as ReadableStream), response)
  })
  return app
}

/** An API that listens. */
export interface RunningApi {
  readonly url: string
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

/** Starts the API on `localhost`; port 0 takes a free one. */
export async function startApi({ port, ...options }: ApiOptions & { readonly port: number }): Promise<RunningApi> {
  const server = createServer(createApi(options))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
