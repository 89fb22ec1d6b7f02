/** One run of a flow: a cursor over its nodes, and everything that was learnt on the way (IDP-SPEC 4.1). */
import type { PageTexts } from '../pages/texts.ts'
import type { ClaimRenewal, Session, Transaction } from '../records.ts'
import type { FlowDefinition, NodeId } from './definition.ts'
import type { RunnerLog } from './runner-log.ts'

/** A version of a flow that an execution holds on to. */
export interface FlowVersion {
  readonly definition: FlowDefinition
  readonly version: number
  /** True for the flows that come with the mock. */
  readonly shipped: boolean
  /** True when a node reads the tokens of `authInfo`, which are signed for such flows only. */
  readonly readsTokens: boolean
}

/** Where the user was, for risk checks. */
export interface GeoPosition {
  /** ISO country code. */
  readonly country?: string
  /** City. */
  readonly city?: string
  /** Degrees, north positive. */
  readonly latitude?: number
  /** Degrees, east positive. */
  readonly longitude?: number
}

/** What a test says about the risk of a run. */
export interface RiskInfo {
  /** Default false. */
  readonly botDetected?: boolean
  /** 0 to 1. Default 0. */
  readonly riskScore?: number
  /** Where the user is. */
  readonly geo?: GeoPosition
}

/** The device that a flow runs on. */
export interface FlowDevice {
  /** Id of the device, kept in a cookie of the hosted page. */
  readonly id?: string
  /** Address of the page. */
  readonly url?: string
  /** Default false. */
  readonly webAuthnSupport?: boolean
  /** `User-Agent` header. */
  readonly userAgent?: string
  /** IP address. */
  readonly ip?: string
}

/** What an authenticating action found. */
export interface AuthResult {
  readonly userId: string
  /** Values of `amr` without `mfa`, in order. */
  readonly methods: readonly string[]
  /** True when this run created the user. */
  readonly firstSeen: boolean
  readonly sessionJwt: string
  readonly refreshJwt: string
}

/** An error as `errors.<nodeId>` shows it. */
export interface RecordedError {
  readonly code: string
  readonly message: string
  readonly [detail: string]: unknown
}

/** A level of subflows: the flow, and the node of it that is at work. */
export interface Frame {
  readonly flow: FlowVersion
  node: NodeId
}

/** A one-time code on its way to the user. */
export interface PendingCode {
  readonly channel: 'email' | 'sms' | 'whatsapp'
  readonly to: string
  readonly code: string
  attempts: number
}

/** A link on its way to the user. */
export interface PendingLink {
  readonly node: NodeId
  readonly token: string
  readonly to: string
  followed: boolean
}

/** How a run ended. */
export type FlowOutcome =
  | { readonly result: 'success'; readonly session?: Session; readonly newSession: boolean }
  | { readonly result: 'failure'; readonly code: string; readonly message: string; readonly shown: string }

/** One visit of a node. */
export interface PathStep {
  readonly flow: FlowVersion
  readonly node: NodeId
  /** Levels of subflows above it. */
  readonly depth: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** One run of a flow. */
export interface Execution {
  readonly id: string
  status: 'running' | 'waiting' | 'completed' | 'failed'
  /** From the outermost flow to the one at work. Never empty while the run goes on. */
  readonly frames: Frame[]
  /** The outermost flow. */
  readonly flow: FlowVersion
  /** Counts what was shown; a submission names it. */
  step: number
  readonly log: RunnerLog
  /** Nodes in the order of their visits. */
  readonly path: PathStep[]
  readonly startedAt: number
  /** Milliseconds since the epoch. */
  lastActivity: number
  /** Token that a form of this run must send back. */
  readonly csrf: string
  /** Value of the cookie that binds the run to its browser. */
  readonly browser: string
  readonly debug: boolean
  readonly heading?: string
  /** What its pages say, in the language of `locale`. */
  readonly texts: PageTexts

  readonly transaction?: Transaction
  /** The live session at the start, whatever `prompt` says. */
  readonly session?: Session
  /** True when that session counts: neither prompt nor application ask for a new login. */
  readonly loggedIn: boolean
  /** Hint, then choice of `select-tenant`. */
  tenant?: string
  tenantSelected: boolean

  readonly form: Record<string, unknown>
  readonly client: Readonly<Record<string, unknown>>
  readonly documents: Record<string, unknown>
  readonly device: FlowDevice
  readonly risk: RiskInfo
  readonly hints: Readonly<Record<string, unknown>>
  readonly connectors: Record<string, unknown>
  readonly scripts: Record<string, unknown>
  readonly errors: Record<string, RecordedError>

  userId?: string
  auth?: AuthResult
  /** The user that a step-up is for. */
  stepUpUser?: string
  steppedUp: boolean
  consentRefused: boolean
  readonly claims: Map<string, unknown>
  /** Names of claims that repeat what the client said. */
  readonly fromClient: Set<string>
  /** Claims to be worked out again at a refresh. */
  readonly claimRenewals: ClaimRenewal[]
  code?: PendingCode
  link?: PendingLink
  /** The screen to go back to after an error, by depth of frames. */
  lastScreen?: { readonly depth: number; readonly node: NodeId }
  /** Error on the current screen. */
  screenError?: string
  readonly unknownRoots: Set<string>
  outcome?: FlowOutcome
  output?: Readonly<Record<string, unknown>>
}

/** The flow and node at work. */
export function currentFrame(execution: Execution): Frame {
  const frame = execution.frames.at(-1)
  if (!frame) throw new Error('the flow has ended')
  return frame
}

/** Values of `amr`: the methods of this run, with `mfa` after two different ones (IDP-SPEC 4.4). */
export function amrOf(execution: Execution): readonly string[] {
  // A step-up builds on the session it strengthens.
  const before = execution.steppedUp ? (execution.session?.amr ?? []) : []
  const methods = [...new Set([...before, ...(execution.auth?.methods ?? [])])].filter((method) => method !== 'mfa')
  return methods.length > 1 ? [...methods, 'mfa'] : methods
}
