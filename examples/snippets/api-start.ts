import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import express from 'express'

const guard = createAccessGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))
const app = express()
app.get('/contacts', guard.requireScopes('contacts.read'), (req, res) => void res.json(requireAuth(req).claims))
app.listen(3000)
