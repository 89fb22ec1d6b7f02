/** Everything that the flows of one mock share. */
import type { ConnectorRegistry } from './connectors/control.ts'
import type { Execution, RiskInfo } from './execution.ts'
import type { Histories } from './history.ts'
import type { Outbox } from './outbox.ts'
import type { FlowRegistry } from './registry.ts'
import type { FlowSettings, Scriptlet } from './settings.ts'

/** Flows, connectors, runs and messages of one mock. */
export interface FlowRuntime {
  readonly registry: FlowRegistry
  readonly connectors: ConnectorRegistry
  readonly scriptlets: Readonly<Record<string, Scriptlet>>
  readonly settings: FlowSettings
  /** Runs by id; ended ones stay for their log. */
  readonly executions: Map<string, Execution>
  readonly outbox: Outbox
  readonly histories: Histories
  /** Set by a test. */
  riskProvider?: (login: { readonly userId?: string; readonly ip?: string }) => RiskInfo
}
