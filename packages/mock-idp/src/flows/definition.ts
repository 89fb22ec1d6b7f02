/** The format of a flow (IDP-SPEC 4.3): plain data, typed for authors, checked again when it is loaded. */

/** Name of a node inside its flow. */
export type NodeId = string

/** Text with `{{path}}` placeholders (IDP-SPEC 4.6). */
export type Template = string

/** A path into the dynamic values, such as `user.email` (IDP-SPEC 4.6), without braces. */
export type DynamicKey = string

/** A value of an argument, a query parameter or an operand. */
export type FlowValue = Template | number | boolean | { readonly dynamic: DynamicKey } | { readonly json: unknown }

/** What happens after an error: `automatic` shows it on the last screen, `custom` goes on elsewhere, `ignore` at `next`. */
export type OnError =
  | { readonly mode: 'automatic'; readonly message?: Template }
  | { readonly mode: 'custom'; readonly next: NodeId; readonly byCode?: Readonly<Record<string, NodeId>> }
  | { readonly mode: 'ignore' }

/** An input of a screen; its value is stored at `form.<name>`. */
export interface FlowField {
  /** Name under `form`. */
  readonly name: string
  /** Kind of input. */
  readonly type: 'text' | 'email' | 'phone' | 'password' | 'code' | 'checkbox' | 'select' | 'file'
  /** Label. Default the name. */
  readonly label?: Template
  /** The screen comes back while the field is empty. Default false. */
  readonly required?: boolean
  /** Value to begin with. */
  readonly default?: Template
  /** Choices of a `select`. */
  readonly options?: readonly string[]
  /** Regular expression that the whole value must match. */
  readonly pattern?: string
}

/** A button of a screen. */
export interface FlowButton {
  /** Id, which a submission names. */
  readonly id: string
  /** Text on the button. */
  readonly label: Template
  /** Where the flow goes on. */
  readonly next: NodeId
  /** Goes on although fields are empty or do not fit. Default false. */
  readonly skipValidation?: boolean
}

/** Shows fields and buttons and waits for a submission. */
export interface ScreenNode {
  /** Kind of node. */
  readonly kind: 'screen'
  /** Heading. */
  readonly title?: Template
  /** Text under the heading. */
  readonly text?: Template
  /** Inputs. */
  readonly fields?: readonly FlowField[]
  /** Ready-made parts of the screen. An error is shown whether listed or not. */
  readonly show?: readonly ('inbound-app-logo' | 'inbound-app-scopes' | 'error')[]
  /** At least one. */
  readonly buttons: readonly FlowButton[]
}

/** One custom claim of the action `custom-claims`. */
export type ClaimSpec =
  | { readonly key: string; readonly type: 'string'; readonly value: Template }
  | { readonly key: string; readonly type: 'number'; readonly value: number }
  | { readonly key: string; readonly type: 'boolean'; readonly value: boolean }
  | { readonly key: string; readonly type: 'dynamic'; readonly value: DynamicKey }
  | { readonly key: string; readonly type: 'json'; readonly value: unknown }

/** One built-in operation (IDP-SPEC 4.4). */
export interface ActionNode {
  /** Kind of node. */
  readonly kind: 'action'
  /** Name of the operation. */
  readonly action: string
  /** Name in the runner log. Default the action. */
  readonly name?: string
  /** Arguments. */
  readonly args?: Readonly<Record<string, FlowValue>>
  /** Claims, for `custom-claims` only. */
  readonly claims?: readonly ClaimSpec[]
  /** Where the flow goes on. */
  readonly next: NodeId
  /** Default `automatic`. */
  readonly onError?: OnError
}

/** One comparison of a condition (IDP-SPEC 4.7). */
export interface FlowTest {
  /** What is looked at. */
  readonly key: DynamicKey
  /** Name of the operator. */
  readonly op: string
  /** What it is compared with. */
  readonly value?: FlowValue | readonly FlowValue[]
  /** Unit of `value` for `older-than` and `within`. */
  readonly unit?: 'minutes' | 'hours' | 'days'
}

/** Goes to the first rule that matches, else to `else`. */
export interface ConditionNode {
  /** Kind of node. */
  readonly kind: 'condition'
  /** Name in the runner log. */
  readonly name?: string
  /** `all` is AND, `any` is OR, both together mean both must hold. */
  readonly rules: readonly {
    readonly name?: string
    readonly all?: readonly FlowTest[]
    readonly any?: readonly FlowTest[]
    /** Where the flow goes on. */
    readonly next: NodeId
  }[]
  /** Where the flow goes on when no rule holds. */
  readonly else: NodeId
}

/** Calls a connector; the answer is kept at `connectors.<contextKey>`. */
export interface ConnectorNode {
  /** Kind of node. */
  readonly kind: 'connector'
  /** Name in the runner log. Default the name of the connector. */
  readonly name?: string
  /** Id of the connector. */
  readonly connector: string
  /** Default GET. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Rest of the URL after the base URL; placeholders are percent-encoded. */
  readonly endpoint?: Template
  /** Further query parameters; one whose value is missing is left out. */
  readonly query?: Readonly<Record<string, FlowValue>>
  /** Further headers. */
  readonly headers?: Readonly<Record<string, Template>>
  /** JSON body; placeholders inside strings. */
  readonly body?: unknown
  /** 1 to 60 seconds. Default 10. */
  readonly timeoutSeconds?: number
  /** Key under `connectors`; a leading `connectors.` is not doubled. */
  readonly contextKey: string
  /** Does not wait for the answer and keeps nothing of it. Default false. */
  readonly runAsync?: boolean
  /** Where the flow goes on. */
  readonly next: NodeId
  /** Default `automatic`. */
  readonly onError?: OnError
}

/** Calls a registered function; its result is kept at `scripts.<contextKey>`. */
export interface ScriptletNode {
  /** Kind of node. */
  readonly kind: 'scriptlet'
  /** Name in the runner log. Default the name of the function. */
  readonly name?: string
  /** Name of a function of `config.scriptlets`. */
  readonly fn: string
  /** Arguments. */
  readonly args?: Readonly<Record<string, FlowValue>>
  /** Default `scriptletResult`. */
  readonly contextKey?: string
  /** Where the flow goes on. */
  readonly next: NodeId
  /** Default `automatic`. */
  readonly onError?: OnError
}

/** Runs another flow inside the same context. */
export interface SubflowNode {
  /** Kind of node. */
  readonly kind: 'subflow'
  /** Id of the flow. */
  readonly flow: string
  /** Where the flow goes on. */
  readonly next: NodeId
  /** Without it a failure of the flow is the failure of this one. */
  readonly onError?: OnError
}

/** The end of a flow. Only a success gives tokens and a session. */
export interface EndNode {
  /** Kind of node. */
  readonly kind: 'end'
  /** How the flow ends. */
  readonly outcome: 'success' | 'failure'
  /** What the user, or the application, reads. */
  readonly message?: Template
  /** Values for the caller of a stand-alone run. */
  readonly output?: Readonly<Record<string, FlowValue>>
  /** Name of the cookie that holds the session of this login. Letters, digits, `-` and `_`, not `DS`. Default `DSR`. */
  readonly sessionCookieName?: string
}

/** One node of a flow. */
export type FlowNode = ScreenNode | ActionNode | ConditionNode | ConnectorNode | ScriptletNode | SubflowNode | EndNode

/** A flow: a directed graph of nodes with one start. */
export interface FlowDefinition {
  /** Id, which the parameter `flow` names. Letters, digits, `-`, `_` and `.`. */
  readonly id: string
  /** Display name. */
  readonly name?: string
  /** Set by the registry; what is given is ignored. */
  readonly version?: number
  /** First node. */
  readonly start: NodeId
  /** What a run needs: a session of the user, a step-up, a consent. For readers and checks. */
  readonly requires?: { readonly session?: boolean; readonly stepUp?: boolean; readonly consent?: boolean }
  /** Nodes by id. */
  readonly nodes: Readonly<Record<NodeId, FlowNode>>
}

/** Gives a flow definition its type. It is checked when it is loaded. */
export function defineFlow(definition: FlowDefinition): FlowDefinition {
  return definition
}
