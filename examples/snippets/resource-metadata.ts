import { createProtectedResource } from '@countersign/core/api'

export const resource = createProtectedResource({
  resource: 'https://api.example.com/v1',
  authorizationServers: ['https://idp.example.com'],
  scopes: ['contacts.read', 'contacts.write'],
})

export default {
  fetch: (request: Request): Response => resource.respond(request) ?? new Response(null, { status: 404 }),
}
