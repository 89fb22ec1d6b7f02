export type { LogoutTokenClaims } from '../protocol/logout-token.ts'
export { createMemoryStore, type MemoryStoreOptions, type SharedStore } from '../shared-store.ts'
export type { AccessTokenProfile } from './access-token-checks.ts'
export { type AccessTokenVerifier, createAccessTokenVerifier } from './access-token-verifier.ts'
export type { AuthenticatedRequest, NodeRequest, VerifyToken } from './authenticate.ts'
export { type BackChannelLogoutOptions, createBackChannelLogoutReceiver } from './back-channel-logout.ts'
export { type ChallengeOptions, type ChallengeResponse, challengeFor } from './challenge.ts'
export { combineVerifiers } from './combine-verifiers.ts'
export { type DenialRecord, describeDenial } from './denial-record.ts'
export {
  createDpopNonces,
  type DpopNonces,
  type DpopNoncesOptions,
} from './dpop-nonces.ts'
export {
  createDpopProofVerifier,
  type DpopProofVerifier,
  type DpopProofVerifierOptions,
  type ProvenRequest,
} from './dpop-proof.ts'
export type {
  DenialHook,
  GuardOptions,
  GuardSettings,
  GuardVerifierOptions,
  GuardWithVerifier,
} from './guard-options.ts'
export { writeNdjson } from './ndjson.ts'
export { isPreflight } from './preflight.ts'
export type { Principal } from './principal.ts'
export { type AnswerHeaders, preventSharedCaching } from './private-answer.ts'
export {
  createProtectedResource,
  type ProtectedResource,
  type ProtectedResourceMetadata,
  type ProtectedResourceOptions,
} from './protected-resource.ts'
export type { KeySkipReason } from './published-key.ts'
export {
  type AccessNeed,
  type AccessNeeds,
  type AccessRuleOf,
  type CheckNeeds,
  createRequestGuard,
  type GuardAnswer,
  type GuardableRequest,
  type GuardRefusal,
  type GuardResult,
  type OptionalGuardResult,
  type RequestGuard,
  type TypedAccessToken,
} from './request-guard.ts'
export {
  createRevocationList,
  type Revocation,
  type RevocationCheck,
  type RevocationList,
  type RevocationListOptions,
} from './revocation-list.ts'
export { type SignedAnswersOptions, signedAnswers } from './signed-answers.ts'
export type { AuthenticationDemand } from './step-up.ts'
export {
  createTokenIntrospection,
  type IntrospectionAnswers,
  type IntrospectionAsker,
  type TokenIntrospection,
  type TokenIntrospectionOptions,
} from './token-introspection.ts'
export type { VerdictFilter } from './verdict-cache.ts'
export type { VerifiedAccessToken } from './verified-access-token.ts'
export type { KeyEvent, VerdictEvent, VerifierEvent } from './verifier-events.ts'
export type { AccessTokenVerifierOptions, VerdictCacheOptions } from './verifier-options.ts'
