import type { Check } from '../config/shape.ts'
import type { Exchange } from '../http/exchange.ts'
import type { Runtime } from '../runtime.ts'
import type { TokenDraft } from '../tokens/token-draft.ts'
import type { AnswerDraft } from './answer-draft.ts'
import type { FaultOptionsByName } from './fault-options.ts'

/** Part of the protocol that a fault belongs to. */
export type FaultArea =
  | 'metadata'
  | 'keys'
  | 'authorization-response'
  | 'token-response'
  | 'refresh'
  | 'id-token'
  | 'access-token'
  | 'userinfo'
  | 'page'
  | 'logout'
  | 'resource-server'
  | 'introspection-and-requests'
  | 'registration'
  | 'any-answer'

/** Place where faults act: the name of an endpoint, as the journal has it. */
export type FaultEndpoint =
  | 'discovery'
  | 'jwks'
  | 'authorize'
  | 'token'
  | 'userinfo'
  | 'revoke'
  | 'logout'
  | 'login'
  | 'consent'
  | 'sample-contacts'
  | 'sample-files'
  | 'protected-resource'
  | 'back-channel-logout'
  | 'front-channel-logout'
  | 'introspect'
  | 'par'
  | 'device-authorization'
  | 'register'

/** A token on its way to its signature, and what it is made for. */
export interface TokenFaultTarget {
  readonly runtime: Runtime
  readonly draft: TokenDraft
  /** True after a refresh. */
  readonly refreshed?: boolean
  /** The access token that goes out with an ID token. */
  readonly accessToken?: string
}

/** An authorization response on its way to the redirect URI. */
export interface ResponseFaultTarget {
  readonly runtime: Runtime
  /** Parameters in their order; names may repeat. */
  parameters: [name: string, value: string][]
  /** Issuer of the application. */
  readonly issuer: string
}

/** A call of a client's front-channel logout URI, before the browser gets its address. */
export interface FrontChannelTarget {
  /** Parameters in their order; names may repeat. */
  parameters: [name: string, value: string][]
  /** True when the browser loads the address without cookies. */
  withoutCookies: boolean
}

/** What the faults of each stage work on, in the order in which the stages of a request come. */
export interface FaultTargets {
  /** A request before its endpoint looks at it. A response answers it, and the endpoint never runs. */
  readonly request: Exchange
  readonly 'access-token': TokenFaultTarget
  readonly 'id-token': TokenFaultTarget
  readonly 'logout-token': TokenFaultTarget
  /** An answer of introspection as a JWT. */
  readonly 'introspection-jwt': TokenFaultTarget
  readonly 'authorization-response': ResponseFaultTarget
  readonly 'front-channel-logout': FrontChannelTarget
  /** The answer of an endpoint, its headers complete. */
  readonly answer: AnswerDraft
}

/** Point of a request at which a fault acts. */
export type FaultStage = keyof FaultTargets

/** One option of a fault: its run-time check and its description with unit and default. */
export interface FaultOption {
  readonly check: Check
  readonly text: string
}

/** A stage whose faults have nothing to wait for, because the code around it does not. */
export type PromptStage = 'authorization-response' | 'front-channel-logout'

type Action<Options> = {
  readonly [Stage in FaultStage]: {
    readonly stage: Stage
    /** Does the one thing; a response ends the request. */
    readonly act: (target: FaultTargets[Stage], options: Options) => Stage extends PromptStage ? void : unknown
    /** False where the fault does not apply; it stays armed then. */
    readonly when?: (target: FaultTargets[Stage]) => boolean
  }
}[FaultStage]

/** Options of a fault by its name; an empty object for those without any. */
export type FaultOptions<Name extends string> = Name extends keyof FaultOptionsByName
  ? FaultOptionsByName[Name]
  : Readonly<Record<string, never>>

/** One misbehaviour: what it does, the rule it tests, and how it is done. */
export type Fault<Name extends string> = {
  /** What it does, in one line. */
  readonly description: string
  /** What the other party must do about it. */
  readonly rule: string
  /** Sections of specifications. */
  readonly spec: string
  /** Where it acts. */
  readonly endpoints: readonly FaultEndpoint[]
  /** Ids of the cases in `test/data/cases.json` that it stages. */
  readonly cases: readonly string[]
  /** True for a behaviour that is unusual but right: the other party must go on. */
  readonly valid?: true
  /** The one profile where it makes a difference. Default every one that has its endpoints. */
  readonly profile?: 'descope' | 'standard'
} & (Name extends keyof FaultOptionsByName
  ? { readonly options: { readonly [Option in keyof FaultOptionsByName[Name]]-?: FaultOption } }
  : { readonly options?: never }) &
  Action<FaultOptions<Name>>

/** A fault without options. */
export type PlainFault = Fault<''>

/** What a fault says of itself. */
export type FaultText = Pick<PlainFault, 'description' | 'rule' | 'spec' | 'cases' | 'valid' | 'profile'>

/** A table of faults, in the order in which they act within their stage. */
export type Faults<Names extends string> = { readonly [Name in Names]: Fault<Name> }
