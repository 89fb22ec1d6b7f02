import type { Exchange } from './exchange.ts'

/** Answers one request; throws a {@link Problem} for an error answer. */
export type Handler = (exchange: Exchange) => Response | Promise<Response>

/** One endpoint of the provider: its name in the journal, where it is served, and how it answers each method. */
export interface Endpoint {
  readonly name: string
  /** Paths in the router's syntax. */
  readonly paths: readonly string[]
  /** True when scripts of other origins may read the answers (IDP-SPEC 2.2). */
  readonly cors: boolean
  readonly get?: Handler
  readonly post?: Handler
}
