import { scope, TokenVerificationError } from '@countersign/core'
import { createRequestGuard } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'

const guard = createRequestGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))

export const addContact = guard.protect(async (request) => {
  const form = await request.formData()
  if (form.has('access_token')) {
    throw new TokenVerificationError('OIDC_REQUEST_MALFORMED', 'The request has a token in header and body.')
  }
  return Response.json({ added: form.get('name') }, { status: 201 })
}, scope('contacts.write'))
