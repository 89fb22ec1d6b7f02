import type { TimeSource } from '../clock.ts'
import type { MockIdpConfig } from '../config/config.ts'
import { defaultLimits } from '../config/limits.ts'
import { createDirectory, type ResettableDirectory } from '../directory.ts'
import type { Project } from '../project.ts'
import type { Random } from '../random.ts'
import { buildClient, type StandardClient } from './client.ts'
import type { StandardClientConfig } from './client-metadata.ts'
import { standardDemoConfig } from './demo.ts'
import { createNetwork, type Network } from './network.ts'
import { createStandardRecords, type StandardRecords } from './records.ts'
import { type ResolvedSettings, type ResourceConfig, resolveSettings } from './settings.ts'

/** What the standard profile has beside the parts that both profiles share. */
export interface StandardProvider {
  readonly clients: ResettableDirectory<StandardClient, StandardClientConfig>
  /** Number of clients at which nobody can register another one. */
  readonly mostClients: number
  readonly resources: readonly ResourceConfig[]
  readonly settings: ResolvedSettings
  readonly records: StandardRecords
  readonly network: Network
  /** Logout tokens that were not answered yet. */
  readonly underWay: Set<Promise<void>>
}

/** Builds it; the Descope-like profile gets one without clients. */
export function createStandardProvider(
  config: MockIdpConfig,
  project: Project,
  random: Random,
  clock: TimeSource,
): StandardProvider {
  const isOn = project.profile === 'standard'
  return {
    clients: createDirectory({
      what: 'client',
      initial: isOn ? (config.clients ?? standardDemoConfig.clients) : [],
      build: (given: StandardClientConfig, path) => buildClient(given, path, project, random),
      namesOf: ({ client_id }) => [client_id],
      keep: ({ client_id, client_secret }) => ({
        client_id,
        ...(client_secret !== undefined && { client_secret }),
      }),
    }),
    mostClients: config.limits?.clients ?? defaultLimits.clients,
    resources: isOn ? withOwnTypes(config.resources ?? standardDemoConfig.resources) : [],
    settings: resolveSettings(config.standard),
    records: createStandardRecords(clock, config.limits),
    network: createNetwork(config),
    underWay: new Set(),
  }
}

/** Throws a `TypeError` for a type of `authorization_details` that two resources have: nobody could tell whose entry it is. */
function withOwnTypes(resources: readonly ResourceConfig[]): readonly ResourceConfig[] {
  const owners = new Map<string, number>()
  for (const [index, { authorizationDetailsTypes = [] }] of resources.entries()) {
    for (const { type } of authorizationDetailsTypes) {
      const path = `config.resources[${index}].authorizationDetailsTypes`
      if (owners.has(type)) throw new TypeError(`${path}: resources[${owners.get(type)}] has the type ${type} already`)
      owners.set(type, index)
    }
  }
  return resources
}
