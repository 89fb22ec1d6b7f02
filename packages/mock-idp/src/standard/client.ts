import type { Project } from '../project.ts'
import type { Random } from '../random.ts'
import type { SigningAlgorithm } from '../tokens/keys.ts'
import {
  type ClientAuthMethod,
  grantTypes,
  type ResponseMode,
  responseModes,
  type StandardClientConfig,
  standardClientShape,
  tokenExchangeType,
} from './client-metadata.ts'

/** A client of the standard profile as the mock keeps it, with defaults filled in. */
export interface StandardClient extends StandardClientConfig {
  /** Client id. */
  readonly client_id: string
  /** Display name. */
  readonly client_name: string
  /** Allowed redirect URIs. */
  readonly redirect_uris: readonly string[]
  /** Kind of application. */
  readonly application_type: 'web' | 'native'
  /** Grants that the client may use. */
  readonly grant_types: readonly string[]
  /** `code`, or nothing. */
  readonly response_types: readonly 'code'[]
  /** Response modes that the client may ask for. */
  readonly response_modes: readonly ResponseMode[]
  /** How the client authenticates. */
  readonly token_endpoint_auth_method: ClientAuthMethod
  /** Kind of subject identifier. */
  readonly subject_type: 'public' | 'pairwise'
  /** Where logout may lead to. */
  readonly post_logout_redirect_uris: readonly string[]
  /** Token requests need a DPoP proof. */
  readonly dpop_bound_access_tokens: boolean
  /** Authorization requests must be pushed. */
  readonly require_pushed_authorization_requests: boolean
  /** PKCE is required. */
  readonly require_pkce: boolean
  /** The user is not asked for consent. */
  readonly first_party: boolean
  /** Tells it from the applications of the Descope-like profile. */
  readonly kind: 'standard'
  /** The client id, under the name that applications have. */
  readonly id: string
  /** The client id, under the name that applications have. */
  readonly clientId: string
  /** The display name, under the name that applications have. */
  readonly name: string
  /** The logo, under the name that applications have; empty text for none. */
  readonly logo: string
  /** The issuer of the provider. */
  readonly issuer: string
  /** Never set here: a request says what it wants. */
  readonly forceAuthentication: false
  /** Algorithm of ID tokens. */
  readonly id_token_signed_response_alg: SigningAlgorithm
}

/**
 * Checks the metadata of a client and fills the defaults in (RFC 7591 section 2).
 *
 * @throws {TypeError} For metadata that does not fit, or does not fit together, naming the path of the field.
 */
export function buildClient(
  given: StandardClientConfig,
  path: string,
  project: Pick<Project, 'origin'>,
  random: Random,
): StandardClient {
  standardClientShape(given, path)
  const id = given.client_id ?? random.text(16)
  const application = given.application_type ?? 'web'
  const method = given.token_endpoint_auth_method ?? (application === 'native' ? 'none' : 'client_secret_basic')
  const hasSecret = method === 'client_secret_basic' || method === 'client_secret_post'
  const grants = given.grant_types ?? ['authorization_code']
  const client: StandardClient = {
    redirect_uris: [],
    application_type: application,
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    response_modes: responseModes,
    subject_type: 'public',
    id_token_signed_response_alg: 'RS256',
    post_logout_redirect_uris: [],
    dpop_bound_access_tokens: false,
    require_pushed_authorization_requests: false,
    require_pkce: true,
    first_party: false,
    ...given,
    grant_types: grants,
    token_endpoint_auth_method: method,
    client_id: id,
    client_name: given.client_name ?? id,
    ...(hasSecret && { client_secret: given.client_secret ?? random.text(32) }),
    kind: 'standard',
    id,
    clientId: id,
    name: given.client_name ?? id,
    logo: given.logo_uri ?? '',
    issuer: project.origin,
    forceAuthentication: false,
  }
  checkTogether(client, path, given)
  return Object.freeze(client)
}

function checkTogether(client: StandardClient, path: string, given: StandardClientConfig): void {
  const { token_endpoint_auth_method: method, grant_types: grants, redirect_uris: uris } = client
  const refuse = (field: string, reason: string): never => {
    throw new TypeError(`${path}.${field}: ${reason}`)
  }
  if (given.client_secret !== undefined && !method.startsWith('client_secret_')) {
    refuse('client_secret', `a client with token_endpoint_auth_method ${method} has no secret`)
  }
  if (method === 'private_key_jwt' && !given.jwks && given.jwks_uri === undefined) {
    refuse('jwks', 'private_key_jwt needs jwks or jwks_uri')
  }
  if (given.jwks && given.jwks_uri !== undefined) refuse('jwks', 'give jwks or jwks_uri, not both (RFC 7591 2)')
  if (given.jwks?.keys.some((key) => 'd' in key || 'k' in key)) refuse('jwks', 'only public keys belong here')
  if (grants.includes('authorization_code') && uris.length === 0) {
    refuse('redirect_uris', 'the code grant needs at least one redirect URI')
  }
  const needsProof = grants.find((grant) => grant === 'client_credentials' || grant === tokenExchangeType)
  if (method === 'none' && needsProof !== undefined) {
    refuse('grant_types', `${needsProof} needs a client that authenticates (RFC 6749 4.4, RFC 8693 2.1)`)
  }
  const { frontchannel_logout_uri: frame } = client
  if (frame !== undefined && !uris.some((uri) => new URL(uri).origin === new URL(frame).origin)) {
    refuse('frontchannel_logout_uri', 'scheme, host and port must be those of a redirect URI (Front-Channel Logout 2)')
  }
  if (method === 'none' && !client.require_pkce) refuse('require_pkce', 'a public client needs PKCE (RFC 9700 2.1.1)')
  if (client.application_type === 'web' && uris.some(isPrivateUse)) {
    refuse('redirect_uris', 'a private-use scheme needs application_type native (RFC 8252 7.1)')
  }
  const foreign = grants.find((grant) => !grantTypes.includes(grant))
  if (foreign !== undefined) refuse('grant_types', `${foreign} is not served`)
}

function isPrivateUse(uri: string): boolean {
  return !/^https?:\/\//i.test(uri)
}

/** True for a client that cannot keep a secret (RFC 6749 section 2.1). */
export function isPublic(client: StandardClient): boolean {
  return client.token_endpoint_auth_method === 'none'
}

const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?(?=[/?]|$)/

/**
 * Tells whether a redirect URI is one of the client's: the same text, or for a native client a loopback URI that
 * differs in the port alone (RFC 9700 section 4.1.3, RFC 8252 section 7.3).
 */
export function isRegisteredRedirect(client: StandardClient, uri: string): boolean {
  if (client.redirect_uris.includes(uri)) return true
  if (client.application_type !== 'native' || !URL.canParse(uri)) return false
  const withoutPort = (one: string): string | undefined =>
    loopback.test(one) ? one.replace(loopback, 'http://$1') : undefined
  const given = withoutPort(uri)
  return given !== undefined && client.redirect_uris.some((one) => withoutPort(one) === given)
}
