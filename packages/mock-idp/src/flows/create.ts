/** Builds the flow side of a mock from its configuration. */
import { createBoundedMap } from '../bounded-map.ts'
import type { MockClock } from '../clock.ts'
import type { MockIdpConfig } from '../config/config.ts'
import { defaultLimits } from '../config/limits.ts'
import type { Restorable } from '../snapshot.ts'
import { actions } from './actions/index.ts'
import { createConnectors } from './connectors/control.ts'
import type { FlowRuntime } from './flow-runtime.ts'
import { createOutbox } from './outbox.ts'
import { peopleApiReply, shippedConnectors } from './people-api.ts'
import { createFlowRegistry } from './registry.ts'
import { shippedFlows } from './shipped.ts'
import { standardFlows } from './standard-flows.ts'

/** Users whose past logins are known. */
const mostHistories = 1000

/** Creates the flow runtime; throws a `TypeError` for a flow or a connector that does not fit. */
export function createFlowRuntime(config: MockIdpConfig, clock: MockClock): FlowRuntime {
  const { flows = [], connectors: configured = [], connectorHandlers = {}, scriptlets = {}, flowSettings = {} } = config
  const { runs } = { ...defaultLimits, ...config.limits }
  const replaced = new Set(configured.map(({ id }) => id))
  const connectors = createConnectors({
    initial: [...configured, ...shippedConnectors.filter(({ id }) => !replaced.has(id))],
    handlers: connectorHandlers,
    fixtures: replaced.has('people-api') ? {} : { 'people-api': peopleApiReply },
    clock,
    allowNetwork: flowSettings.allowNetwork ?? [],
  })
  return {
    connectors,
    scriptlets,
    settings: flowSettings,
    executions: createBoundedMap({ clock, most: runs }),
    outbox: createOutbox(),
    histories: createBoundedMap({ clock, most: mostHistories }),
    registry: createFlowRegistry({
      shipped: config.profile === 'standard' ? [...shippedFlows, ...standardFlows] : shippedFlows,
      configured: flows,
      known: () => ({
        connectors: connectors.list().map(({ id }) => id),
        scriptlets: Object.keys(scriptlets),
        actions: Object.keys(actions),
      }),
    }),
  }
}

/** The state of all flows that a snapshot keeps, apart from executions and histories. */
export function restorableFlows(flows: FlowRuntime): Restorable {
  return {
    save() {
      const { riskProvider } = flows
      const parts = [
        flows.registry,
        flows.connectors,
        flows.outbox,
        ...[...flows.executions.values()].map((run) => run.log),
      ]
      const ways = parts.map((part) => part.save())
      return () => {
        for (const back of ways) back()
        if (riskProvider) flows.riskProvider = riskProvider
        else delete flows.riskProvider
      }
    },
  }
}

/** Goes back to the state after creation. */
export function resetFlowRuntime(flows: FlowRuntime): void {
  flows.connectors.reset()
  flows.registry.reset()
  flows.executions.clear()
  flows.outbox.clear()
  flows.histories.clear()
  delete flows.riskProvider
}
