import { consentEndpoint } from '../../endpoints/consent.ts'
import { homeEndpoint } from '../../endpoints/home.ts'
import { loginPage } from '../../endpoints/login.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { authorizeEndpoint } from './authorize.ts'
import { deviceEndpoint } from './device.ts'
import { deviceAuthorizationEndpoint } from './device-authorization.ts'
import { endSessionEndpoint } from './end-session.ts'
import { finishEndpoint } from './finish.ts'
import { introspectEndpoint } from './introspect.ts'
import { metadataEndpoints } from './metadata.ts'
import { pushedAuthorizationEndpoint } from './pushed-authorization.ts'
import { registerEndpoint } from './register.ts'
import { revokeEndpoint } from './revoke.ts'
import { tokenEndpoint } from './token.ts'
import { userinfoEndpoint } from './userinfo.ts'

/** Everything that the standard profile serves. */
export const standardEndpoints: readonly Endpoint[] = [
  homeEndpoint,
  ...metadataEndpoints,
  authorizeEndpoint,
  finishEndpoint,
  loginPage('/login'),
  consentEndpoint('/consent'),
  pushedAuthorizationEndpoint,
  tokenEndpoint,
  userinfoEndpoint,
  introspectEndpoint,
  revokeEndpoint,
  registerEndpoint,
  deviceAuthorizationEndpoint,
  deviceEndpoint,
  endSessionEndpoint,
]
