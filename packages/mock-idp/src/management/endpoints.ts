import type { Endpoint } from '../http/endpoint.ts'
import { accessKeyOperations } from './access-keys.ts'
import { catalogueOperations } from './catalogue.ts'
import { consentOperations } from './consents.ts'
import { inboundAppOperations } from './inbound-apps.ts'
import { jwtOperations } from './jwt.ts'
import { oidcAppOperations } from './oidc-apps.ts'
import { userOperations } from './users.ts'

/** The management API: `Authorization: Bearer <project id>:<management key>` (IDP-SPEC 2.14, 5.6). */
export const managementEndpoints: readonly Endpoint[] = [
  ...inboundAppOperations,
  ...consentOperations,
  ...oidcAppOperations,
  ...userOperations,
  ...accessKeyOperations,
  ...catalogueOperations,
  ...jwtOperations,
]
