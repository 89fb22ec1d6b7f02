/** Provider metadata and keys (RFC 8414, OpenID Connect Discovery 1.0 section 3). */
import { answerMetadata } from '../../endpoints/discovery.ts'
import { answerKeys } from '../../endpoints/jwks.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Runtime } from '../../runtime.ts'
import { signingAlgorithms } from '../../tokens/keys.ts'
import { supportedTypes } from '../authorization-details.ts'
import { clientAuthMethods, grantTypes, responseModes } from '../client-metadata.ts'
import { supportedScopes } from '../scopes.ts'
import { releasableClaims } from '../tokens/identity-claims.ts'

/** The metadata at both well-known addresses, and the key set. */
export const metadataEndpoints: readonly Endpoint[] = [
  {
    name: 'discovery',
    cors: true,
    readOnly: true,
    paths: ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
    get: ({ runtime }) => answerMetadata(runtime, metadataOf(runtime)),
  },
  // Metadata names the first path; the other one is there for a provider that moves its keys.
  { name: 'jwks', cors: true, readOnly: true, paths: ['/jwks', '/keys'], get: answerKeys },
]

const authMembers = (endpoint: string, methods: readonly string[]): Record<string, readonly string[]> => ({
  [`${endpoint}_endpoint_auth_methods_supported`]: methods,
  [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: signingAlgorithms,
})

function metadataOf(runtime: Runtime): Record<string, unknown> {
  const { project, standard } = runtime
  const { origin } = project
  const types = supportedTypes(runtime)
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/jwks`,
    revocation_endpoint: `${origin}/revoke`,
    introspection_endpoint: `${origin}/introspect`,
    device_authorization_endpoint: `${origin}/device_authorization`,
    end_session_endpoint: `${origin}/logout`,
    pushed_authorization_request_endpoint: `${origin}/par`,
    require_pushed_authorization_requests: standard.settings.requirePar,
    dpop_signing_alg_values_supported: signingAlgorithms,
    scopes_supported: supportedScopes(runtime),
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    grant_types_supported: grantTypes,
    subject_types_supported: ['public', 'pairwise'],
    acr_values_supported: standard.settings.acr.map(({ value }) => value),
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    userinfo_signing_alg_values_supported: signingAlgorithms,
    introspection_signing_alg_values_supported: signingAlgorithms,
    ...(standard.settings.registration !== 'off' && { registration_endpoint: `${origin}/register` }),
    client_id_metadata_document_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    ...authMembers('token', clientAuthMethods),
    ...authMembers('revocation', clientAuthMethods),
    ...authMembers(
      'introspection',
      clientAuthMethods.filter((method) => method !== 'none'),
    ),
    ...(types.length > 0 && { authorization_details_types_supported: types.map(({ type }) => type) }),
    claim_types_supported: ['normal'],
    claims_supported: [...identityClaims, ...releasableClaims],
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  }
}

const identityClaims = 'iss sub aud exp iat auth_time nonce acr amr sid at_hash'.split(' ')
