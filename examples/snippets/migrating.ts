import { anyOf, claim, scope } from '@countersign/core'
import { createAccessGuard, requireAuth } from '@countersign/express'
import express from 'express'

const guard = createAccessGuard({
  issuer: 'https://id.example.com/', // issuerBaseURL, issuer: letter by letter, a slash at the end too
  audience: 'https://api.example.com', // audience
  algorithms: ['RS256'], // tokenSigningAlg, algorithms
  clockToleranceSeconds: 5, // clockTolerance
  onDenied: (error, req) => console.warn(req.path, error.code, error.message), // your error handler, onExpired
})
export const app = express()

// auth({ authRequired: false }), credentialsRequired: false
app.get('/', guard.authenticate({ optional: true }), (req, res) => void res.json({ subject: req.auth?.subject }))

// requiredScopes('contacts.read contacts.write')
app.put('/contacts', guard.requireScopes(['contacts.read', 'contacts.write']), (_req, res) => void res.end())

// scopeIncludesAny('files.read files.admin')
const anyFiles = anyOf(scope('files.read'), scope('files.admin'))
app.get('/files', guard.requireAccess(anyFiles), (_req, res) => void res.json([]))

// claimEquals('plan', 'pro'), claimIncludes('groups', 'staff')
app.get('/reports', guard.requireAccess(claim('plan', 'pro')), (_req, res) => void res.json([]))
app.get('/staff', guard.requireAccess(claim('groups', { contains: 'staff' })), (req, res) => {
  res.json(requireAuth(req).claims) // req.auth.payload, req.user
})
