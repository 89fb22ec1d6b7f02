import { scope } from '@countersign/core'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import express from 'express'

const guard = createAccessGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))
const app = express()

const recent = { maxAgeSeconds: 300, acrValues: ['phr', 'mfa'] }
app.post('/transfers', guard.requireAccess(scope('transfers.write'), { authentication: recent }), (_req, res) => {
  res.status(201).end()
})

app.post('/orders', express.json(), guard.requireScopes('orders.write'), (req, res) => {
  if (req.body.total > 1000) requireAuth(req).requireAuthentication({ maxAgeSeconds: 300 })
  res.status(201).end()
})

app.use(guard.errorHandler())
