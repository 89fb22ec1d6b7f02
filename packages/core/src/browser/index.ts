export type { SessionEvent } from '../session/events.ts'
export type { TextStorage } from '../session/kept-tokens.ts'
export type { SessionTokens } from '../session/session.ts'
export type { SessionState, SignedOutReason } from '../session/session-state.ts'
export type { KeptTokens, RenewalSteps, RenewTokens, TokenStorage } from '../session/token-storage.ts'
export { createBrowserClient } from './browser-client.ts'
export type { BrowserClientOptions, PushedAuthorization } from './browser-client-options.ts'
export type {
  BrowserClient,
  CallbackResult,
  LoginOptions,
  LogoutOptions,
  LogoutResult,
  SilentLoginOptions,
} from './client.ts'
export type { KeyBinding, KeyBindingSurroundings, ProofOfPossession } from './key-binding.ts'
export { loginOnce } from './login-once.ts'
export type { StepUp } from './required-login.ts'
export {
  type CustomTokenStorageOptions,
  customTokenStorage,
  localTokenStorage,
  sessionTokenStorage,
} from './token-storages.ts'
