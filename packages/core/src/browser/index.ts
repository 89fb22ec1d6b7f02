export type { SessionState, SignedOutReason } from '../session/session-state.ts'
export type { TransactionStorage } from '../session/transaction.ts'
export {
  type BrowserClient,
  type CallbackResult,
  createBrowserClient,
  type LoginOptions,
  type LogoutOptions,
  type LogoutResult,
} from './browser-client.ts'
export type { BrowserClientOptions } from './browser-client-options.ts'
