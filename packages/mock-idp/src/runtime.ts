import type { Audit } from './audit.ts'
import type { Catalogue } from './catalogue.ts'
import type { ResettableClock } from './clock.ts'
import type { FaultActs } from './faults/fault-switch.ts'
import type { FlowRuntime } from './flows/flow-runtime.ts'
import type { Journal } from './journal.ts'
import type { Project } from './project.ts'
import type { ProjectData } from './project-data.ts'
import type { Random } from './random.ts'
import type { Records } from './records.ts'
import type { StandardProvider } from './standard/provider.ts'
import type { KeySet } from './tokens/keys.ts'

/** Everything that the endpoints of one mock share. */
export interface Runtime extends ProjectData {
  /** Path of the console, where a server has one. */
  readonly consolePath?: string
  readonly project: Project
  readonly catalogue: Catalogue
  readonly clock: ResettableClock
  readonly random: Random
  readonly keys: KeySet
  readonly records: Records
  /** The faults as this request meets them. */
  readonly faults: FaultActs
  readonly journal: Journal
  readonly audit: Audit
  readonly flows: FlowRuntime
  /** Clients, resources and records of the standard profile; without clients in the other one. */
  readonly standard: StandardProvider
}
