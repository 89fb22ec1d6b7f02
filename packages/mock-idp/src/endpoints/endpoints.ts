import type { Endpoint } from '../http/endpoint.ts'
import { managementEndpoints } from '../management/endpoints.ts'
import { authorizeEndpoints } from './authorize.ts'
import { consentEndpoint } from './consent.ts'
import { discoveryEndpoints } from './discovery.ts'
import { endSessionEndpoints } from './end-session.ts'
import { flowApiEndpoints } from './flow-api.ts'
import { homeEndpoint } from './home.ts'
import { jwksEndpoints } from './jwks.ts'
import { loginEndpoints } from './login.ts'
import { protectedResourceEndpoint } from './protected-resource.ts'
import { revokeEndpoints } from './revoke.ts'
import { sampleApiEndpoints } from './sample-api.ts'
import { serviceSessionEndpoints } from './service-sessions.ts'
import { tokenEndpoints } from './token.ts'
import { userinfoEndpoints } from './userinfo.ts'
import { validateEndpoint } from './validate.ts'

/** Everything that the Descope-like profile serves. */
export const descopeEndpoints: readonly Endpoint[] = [
  homeEndpoint,
  ...discoveryEndpoints,
  ...jwksEndpoints,
  ...authorizeEndpoints,
  ...tokenEndpoints,
  ...userinfoEndpoints,
  ...revokeEndpoints,
  validateEndpoint,
  ...serviceSessionEndpoints,
  ...endSessionEndpoints,
  ...loginEndpoints,
  ...flowApiEndpoints,
  consentEndpoint('/consent/:projectId'),
  ...managementEndpoints,
  ...sampleApiEndpoints,
  protectedResourceEndpoint,
]
