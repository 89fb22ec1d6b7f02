import { allOf, role, scope } from '@countersign/core'
import { createAccessGuard, requireAuth } from '@countersign/express'
import express from 'express'

const guard = createAccessGuard({
  issuer: process.env.ISSUER ?? '',
  audience: process.env.AUDIENCE ?? '',
  onDenied: (error, req) => console.warn(req.method, req.path, error.code, error.message),
})

export const app = express()

app.get('/contacts', guard.requireScopes('contacts.read'), (req, res) => {
  res.json({ readBy: requireAuth(req).subject })
})

app.delete('/contacts/:id', guard.requireAccess(allOf(scope('contacts.write'), role('Contact Editor'))), (req, res) => {
  res.json({ deleted: req.params.id })
})

app.use(guard.errorHandler())
