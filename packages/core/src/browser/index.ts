export type { SessionState, SignedOutReason } from '../session/session-state.ts'
export { type BrowserClient, type BrowserClientOptions, createBrowserClient } from './browser-client.ts'
export type { ClientOptions } from './client-options.ts'
export {
  type CallbackResult,
  createRedirectClient,
  type LoginOptions,
  type LogoutOptions,
  type LogoutResult,
  type RedirectClient,
  type RedirectClientOptions,
} from './redirect-client.ts'
