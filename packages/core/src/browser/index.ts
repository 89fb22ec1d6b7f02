export type { SessionState, SignedOutReason } from '../session/session-state.ts'
export { createBrowserClient } from './browser-client.ts'
export type { BrowserClientOptions } from './browser-client-options.ts'
export type { BrowserClient, CallbackResult, LoginOptions, LogoutOptions, LogoutResult } from './client.ts'
