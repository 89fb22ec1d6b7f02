import { role } from '@countersign/core'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard, requireAuth } from '@countersign/express'
import { Router } from 'express'

export function tenantRoutes(projectId: string): Router {
  const guard = createAccessGuard({ ...descopeApi({ projectId, inbound: true }), realm: 'contacts' })
  const routes = Router()
  // #region handler
  routes.get('/:tenant/contacts', guard.requireScopes('contacts.read'), (req, res) => {
    const auth = requireAuth(req)
    auth.require(role('Contact Reader', { tenant: req.params.tenant }))
    const canEdit = auth.can(role('Contact Editor', { tenant: req.params.tenant })).allowed
    res.json({ contacts: [], canEdit })
  })
  // #endregion
  return routes.use(guard.errorHandler())
}
