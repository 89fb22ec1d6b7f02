import { createProtectedResource } from '@countersign/core/api'
import type express from 'express'
import { expect, test } from 'vitest'
import { createAccessGuard, serveMetadata } from '../src/index.ts'
import { createIdp, startApi } from './support/running-api.ts'

const resource = createProtectedResource({
  resource: 'https://api.example/v1',
  authorizationServers: ['https://idp.example'],
  scopes: ['contacts.read'],
})

test('leads a client from the challenge to the document, over GET and HEAD and from any page (API behaviour 32)', async () => {
  const guard = createAccessGuard({ ...createIdp().verifierOptions, resourceMetadata: resource.metadataUrl })
  const api = await startApi((app) => {
    app.use(serveMetadata(resource))
    app.use(guard.authenticate())
  })
  const challenge = (await api.call('/v1/contacts')).headers.get('www-authenticate') ?? ''
  const url = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
  expect(url).toBe('https://api.example/.well-known/oauth-protected-resource/v1')
  const { pathname } = new URL(url)
  const answer = await api.call(pathname, { headers: { origin: 'https://inspector.example' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.text).toContain('"resource":"https://api.example/v1"')
  expect(answer.json.scopes_supported).toEqual(['contacts.read'])
  const head = await api.call(pathname, { method: 'HEAD' })
  expect([head.status, head.text, head.headers.get('cache-control')]).toEqual([200, '', 'public, max-age=3600'])
  expect((await api.call(pathname, { method: 'OPTIONS' })).status).toBe(204)
  expect((await api.call(pathname, { method: 'POST' })).status).toBe(405)
  expect((await api.call('/.well-known/oauth-protected-resource')).status).toBe(401)
})

test('hands an error of the list of scopes to the error handler', async () => {
  const broken = createProtectedResource({
    resource: 'https://api.example',
    authorizationServers: ['https://idp.example'],
    scopes: () => {
      throw new RangeError('no routes')
    },
  })
  const api = await startApi((app) => {
    app.use(serveMetadata(broken))
    app.use(((error, _req, res, _next) => {
      res.status(500).json({ message: error.message })
    }) satisfies express.ErrorRequestHandler)
  })
  expect(await api.call(broken.metadataPath)).toMatchObject({ status: 500, json: { message: 'no routes' } })
})
