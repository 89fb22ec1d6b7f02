import { param, scope, tenant } from '@countersign/core'
import { createRequestGuard } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'

const guard = createRequestGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))
const inTenant = tenant(param('tenantId'))

// app/tenants/[tenantId]/contacts/route.ts: what Next hands over beside the request comes third.
export const GET = guard.protect(async (_request, auth, { params }: { params: Promise<{ tenantId: string }> }) => {
  const { tenantId } = await params
  auth.require(inTenant, { tenantId })
  return Response.json({ tenantId, readBy: auth.subject })
}, scope('contacts.read'))
