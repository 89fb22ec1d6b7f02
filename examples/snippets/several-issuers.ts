import { combineVerifiers, createAccessTokenVerifier } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard } from '@countersign/express'

export const guard = createAccessGuard({
  verifier: combineVerifiers([
    createAccessTokenVerifier(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' })),
    createAccessTokenVerifier({ issuer: 'https://login.partner.example', audience: 'https://api.example.com' }),
  ]),
})
