/** Helpers for tests against the mock, whatever runs them. */
export { timeline } from '../timeline.ts'
export { type AppDouble, type AppOptions, createAppDouble, type LoginClient } from './app-double.ts'
export { createProofKey, type ProofKey, type ProvenCall } from './proof-key.ts'
export { type SignedIn, type SignInOptions, signIn } from './sign-in.ts'
export { createTestIdp } from './test-idp.ts'
