import { scopesOf } from '@countersign/core'
import { createProtectedResource } from '@countersign/core/api'
import { accessRulesOf, createAccessGuard, serveMetadata } from '@countersign/express'
import express from 'express'

export const app = express()
const issuer = 'https://idp.example.com'

const resource = createProtectedResource({
  resource: 'https://api.example.com/v1',
  authorizationServers: [issuer],
  scopes: () => accessRulesOf(app).flatMap(({ rule }) => (rule ? scopesOf(rule) : [])),
})
const guard = createAccessGuard({ issuer, audience: 'contacts', resourceMetadata: resource.metadataUrl })

app.use(serveMetadata(resource))
app.get('/v1/contacts', guard.requireScopes('contacts.read'), (_req, res) => void res.json([]))
