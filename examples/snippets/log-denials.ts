import { describeDenial } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard } from '@countersign/express'

export const guard = createAccessGuard({
  ...descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }),
  onDenied: (error, req) => console.warn(JSON.stringify({ path: req.path, ...describeDenial(error) })),
})
