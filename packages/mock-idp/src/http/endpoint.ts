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
  /** True when GET only reads: HEAD is then answered like it, and refused otherwise (RFC 9110 section 9.2.1). Default false. */
  readonly readOnly?: true
  readonly post?: Handler
  /** Bytes that a body may have at most. Default 64 KiB. */
  readonly mostBodyBytes?: number
}
