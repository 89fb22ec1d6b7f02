export { type AuthorizationDetailMembers, authorizationDetail } from './access/authorization-detail.ts'
export { type AccessDecision, type AccessGap, evaluateAccess } from './access/evaluate.ts'
export { describeRule, explainDecision } from './access/explain.ts'
export {
  createDataFilter,
  type DataFilter,
  type DataFilterOptions,
  type FieldName,
  type Filtered,
  type PlainValue,
  type RowCondition,
  type RowGrant,
} from './access/filter.ts'
export { type AccessGrant, readGrant } from './access/grant.ts'
export { mapScopesToRoles, type RolesOfScopes } from './access/map-scopes.ts'
export { parseAccessRule } from './access/parse-rule.ts'
export {
  type AccessParameters,
  type AccessRule,
  allOf,
  anyOf,
  type ClaimComparison,
  type ClaimReference,
  type ClaimValue,
  type ContainedObject,
  type ContainedValue,
  claim,
  currentTenant,
  not,
  type ParameterReference,
  param,
  permission,
  role,
  scope,
  type TenantOption,
  type TenantReference,
  tenant,
} from './access/rule.ts'
export { requiredScopes, scopeAlternatives, scopesOf } from './access/scopes.ts'
export type {
  AccessTokenClaims,
  AuthorizationClaims,
  IdTokenClaims,
  ProfileClaims,
  TenantRights,
  UserInfo,
} from './claims.ts'
export { type Clock, systemClock } from './clock.ts'
export { type ErrorCode, type ErrorCodeDetails, type ErrorCodeOf, errorCodes } from './error-codes.ts'
export {
  type AnyOidcError,
  AuthorizationError,
  ConfigurationError,
  type ErrorPhase,
  type ErrorWith,
  InsufficientScopeError,
  isOidcError,
  NetworkError,
  OidcError,
  ProtocolError,
  StepUpRequiredError,
  StorageError,
  TokenEndpointError,
  TokenVerificationError,
} from './errors.ts'
export type { ServerMetadata } from './metadata.ts'
export {
  type AuthorizationParameters,
  type AuthorizationRequest,
  buildAuthorizationUrl,
} from './protocol/authorization-request.ts'
export {
  type ValidatedAuthorizationResponse,
  validateAuthorizationResponse,
} from './protocol/authorization-response.ts'
export type { Client, SignatureAlgorithm } from './protocol/client.ts'
export { type ClientAuthentication, clientSecretBasic, clientSecretPost } from './protocol/client-auth.ts'
export { discover, issuerFromDiscoveryUrl } from './protocol/discovery.ts'
export { buildEndSessionUrl, type EndSessionRequest } from './protocol/end-session.ts'
export { type IntrospectionResponse, introspectToken } from './protocol/introspection.ts'
export { createKeySet, type KeySet } from './protocol/key-set.ts'
export { createPkce, type Pkce, type RandomFunction, randomText } from './protocol/pkce.ts'
export { revokeToken } from './protocol/revocation.ts'
export {
  type CodeExchange,
  exchangeAuthorizationCode,
  refreshTokens,
  requestClientCredentials,
  type TokenRequestContext,
} from './protocol/token-request.ts'
export type { FetchFunction, TransportOptions } from './protocol/transport.ts'
export { fetchUserInfo } from './protocol/userinfo.ts'
export { createStore, type Store } from './store.ts'
export type { TokenSet } from './tokens.ts'
export type { DpopChallenge, VerificationDetails } from './verification-details.ts'
