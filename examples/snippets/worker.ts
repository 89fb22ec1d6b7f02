import { scope } from '@countersign/core'
import { createRequestGuard } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'

const guard = createRequestGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))

const readContacts = guard.protect((_request, auth) => Response.json({ readBy: auth.subject }), scope('contacts.read'))

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    return pathname === '/contacts' ? readContacts(request) : new Response(null, { status: 404 })
  },
}
