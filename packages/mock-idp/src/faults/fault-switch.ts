import { shape, text, whole } from '../config/shape.ts'
import type { Restorable } from '../snapshot.ts'
import { type FaultInfo, type FaultName, hasEndpoint, type ListedFault, listedFaults, listFaults } from './catalogue.ts'
import { closestNames } from './closest-names.ts'
import type { FaultEndpoint, FaultOptions, FaultStage, FaultTargets, PromptStage } from './fault.ts'

/** For whom and where a fault is armed. */
export interface FaultScope {
  /** Client id. Requests of other clients, and requests that name no client, are left alone. Default every request. */
  readonly client?: string
  /** Endpoint, for a fault that acts at several. Default all of them. */
  readonly endpoint?: FaultEndpoint
}

/** For how many requests a fault is armed. */
export interface FaultCount extends FaultScope {
  /** How many requests it acts on. Default 1. */
  readonly times?: number
  /** How many requests it lets pass before. Default 0. */
  readonly after?: number
}

/** A fault that is armed now. */
export interface ArmedFault extends FaultCount {
  /** Its name. */
  readonly name: FaultName
  /** Options as they were given. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Makes the mock misbehave on command. Nothing misbehaves unless it is armed. */
export interface MockFaults {
  /** Every fault that this mock can have: its name, what it does, the rule it tests and where it acts. Frozen. */
  list(): readonly FaultInfo[]
  /**
   * Arms a fault for the next requests where it applies; several calls queue up. Faults with different names compose:
   * those that act at the same point do so in the order of {@link MockFaults.list}.
   *
   * @throws {TypeError} For an unknown name, option or endpoint, with the closest names.
   */
  next<Name extends FaultName>(name: Name, options?: FaultOptions<Name>, count?: FaultCount): void
  /**
   * Arms a fault until {@link MockFaults.clear}; it acts when nothing of the same name is queued.
   *
   * @throws {TypeError} As {@link MockFaults.next} does.
   */
  always<Name extends FaultName>(name: Name, options?: FaultOptions<Name>, scope?: FaultScope): void
  /**
   * Disarms one fault, or all of them.
   *
   * @throws {TypeError} For an unknown name, with the closest names.
   */
  clear(name?: FaultName): void
  /** What is armed now, in the order in which it will act. `times` is absent for what was armed with `always`. */
  armed(): readonly ArmedFault[]
}

/** Where a fault may act: an endpoint, and its client, which is looked up only when a fault is armed for one. */
export interface FaultPlace {
  readonly endpoint: FaultEndpoint | (string & {})
  readonly client: () => string | undefined
}

/** The faults as one request meets them. */
export interface FaultActs {
  /**
   * Lets the faults of one stage act on its target, each one at most once.
   *
   * @returns `undefined` when nothing is armed at all; else a response where a fault gives one.
   */
  act<Stage extends FaultStage>(
    stage: Stage,
    place: FaultPlace,
    target: FaultTargets[Stage],
  ): Promise<Response | undefined> | undefined
  /** The same for a stage that cannot wait. */
  actNow<Stage extends PromptStage>(stage: Stage, place: FaultPlace, target: FaultTargets[Stage]): void
  /** True when a fault is armed; uses nothing up. */
  isArmed(name: FaultName): boolean
  /** True when no fault is armed. */
  readonly idle: boolean
  /** The same faults for one request: the names of those that acted are added to `acted`. */
  during(acted: string[]): FaultActs
}

/** {@link MockFaults} with what the endpoints need. */
export interface FaultSwitch extends MockFaults, FaultActs, Restorable {}

type Entry = ArmedFault & { left: number; skip: number }

const scopeFields = { client: text, endpoint: text }
const checkScope = shape({ optional: scopeFields })
const checkCount = shape({ optional: { ...scopeFields, times: whole(1), after: whole(0) } })

/**
 * Creates a switch with every fault off.
 *
 * @param profile - What the mock serves: a fault of an endpoint that it does not have cannot be armed.
 */
export function createFaultSwitch(profile: 'descope' | 'standard'): FaultSwitch {
  const armed = new Map<FaultName, Entry[]>()
  let listed: readonly FaultInfo[] | undefined

  const arm = (name: FaultName, options: object, count: FaultCount, times: number): void => {
    const fault = known(name)
    fault.checkOptions(options, `faults[${JSON.stringify(name)}]`)
    checkPlace(fault, count)
    checkProfile(profile, fault, count)
    const { after = 0, ...rest } = count
    const entry: Entry = { name, options: { ...options }, ...rest, left: times, skip: after }
    const queue = armed.get(name) ?? []
    const isOther = (one: Entry): boolean =>
      times < Number.POSITIVE_INFINITY ||
      one.left < times ||
      one.client !== entry.client ||
      one.endpoint !== entry.endpoint
    const kept = queue.filter(isOther)
    // What is counted acts before what lasts.
    const counted = kept.filter(({ left }) => left < Number.POSITIVE_INFINITY)
    const lasting = kept.filter(({ left }) => left === Number.POSITIVE_INFINITY)
    armed.set(
      name,
      times < Number.POSITIVE_INFINITY ? [...counted, entry, ...lasting] : [...counted, ...lasting, entry],
    )
  }

  const take = (name: FaultName, place: FaultPlace, client: string | undefined): Entry | undefined => {
    const queue = armed.get(name) ?? []
    const entry = queue.find(
      (one) =>
        (one.endpoint === undefined || one.endpoint === place.endpoint) &&
        (one.client === undefined || one.client === client),
    )
    if (entry === undefined) return undefined
    if (entry.skip > 0) {
      entry.skip -= 1
      return undefined
    }
    entry.left -= 1
    if (entry.left === 0) queue.splice(queue.indexOf(entry), 1)
    if (queue.length === 0) armed.delete(name)
    return entry
  }

  /** The faults of one stage that act now, each one used up just before it acts. */
  function* taken(
    stage: FaultStage,
    place: FaultPlace,
    target: FaultTargets[FaultStage],
    acted: string[],
  ): Generator<{ readonly fault: ListedFault; readonly options: object }> {
    const candidates = [...armed.keys()]
      .map(known)
      .filter((fault) => fault.stage === stage && fault.endpoints.some((one) => one === place.endpoint))
      .sort((one, other) => one.order - other.order)
    const ofClient = candidates.some(({ name }) => armed.get(name)?.some((one) => one.client !== undefined))
    const client = ofClient ? place.client() : undefined
    for (const fault of candidates) {
      const entry = fault.applies(target) ? take(fault.name, place, client) : undefined
      if (!entry) continue
      acted.push(fault.name)
      yield { fault, options: entry.options }
    }
  }

  const actAll = async (
    stage: FaultStage,
    place: FaultPlace,
    target: FaultTargets[FaultStage],
    acted: string[],
  ): Promise<Response | undefined> => {
    for (const { fault, options } of taken(stage, place, target, acted)) {
      const response = await fault.act(target, options)
      if (response instanceof Response) return response
    }
    return undefined
  }

  const during = (acted: string[]): FaultActs => ({
    act: (stage, place, target) => (armed.size === 0 ? undefined : actAll(stage, place, target, acted)),
    actNow(stage, place, target) {
      if (armed.size === 0) return
      for (const { fault, options } of taken(stage, place, target, acted)) fault.act(target, options)
    },
    isArmed: (name) => armed.has(name),
    get idle() {
      return armed.size === 0
    },
    during,
  })

  return {
    ...during([]),
    list() {
      listed ??= listFaults(profile)
      return listed
    },
    next(name, options = {} as never, count = {}) {
      checkCount(count, 'count')
      arm(name, options, count, count.times ?? 1)
    },
    always(name, options = {} as never, scope = {}) {
      checkScope(scope, 'scope')
      arm(name, options, scope, Number.POSITIVE_INFINITY)
    },
    clear(name) {
      if (name === undefined) armed.clear()
      else armed.delete(known(name).name)
    },
    armed: () =>
      listedFaults.flatMap(({ name }) =>
        (armed.get(name) ?? []).map(({ left, skip, times: _, ...rest }) =>
          Object.freeze({ ...rest, ...(Number.isFinite(left) && { times: left }), ...(skip > 0 && { after: skip }) }),
        ),
      ),
    save() {
      const kept = [...armed].map(([name, queue]) => [name, queue.map((entry) => ({ ...entry }))] as const)
      return () => {
        armed.clear()
        for (const [name, queue] of kept)
          armed.set(
            name,
            queue.map((entry) => ({ ...entry })),
          )
      }
    },
  }
}

const faultsByName: ReadonlyMap<string, ListedFault> = new Map(listedFaults.map((fault) => [fault.name, fault]))

function known(name: string): ListedFault {
  const fault = faultsByName.get(name)
  if (fault) return fault
  const names = listedFaults.map((one) => one.name)
  throw new TypeError(
    `faults: ${JSON.stringify(name)} is not a fault; closest are ${closestNames(name, names).join(', ')}`,
  )
}

/** Endpoints whose requests name no client: the documents that everybody reads. */
const nameless: ReadonlySet<string> = new Set(['jwks'])

function checkPlace({ name, endpoints }: ListedFault, { endpoint, client }: FaultScope): void {
  if (endpoint !== undefined && !endpoints.includes(endpoint)) {
    const here = listedFaults.filter((one) => one.endpoints.includes(endpoint)).map((one) => one.name)
    const others = here.length === 0 ? '' : `; closest that do are ${closestNames(name, here).join(', ')}`
    throw new TypeError(
      `faults: ${name} does not act at the endpoint ${JSON.stringify(endpoint)}, only at ${endpoints.join(', ')}${others}`,
    )
  }
  if (client !== undefined && (endpoint === undefined ? endpoints : [endpoint]).every((one) => nameless.has(one))) {
    throw new TypeError(`faults: ${name} cannot be armed for one client, its requests name none`)
  }
}

function checkProfile(profile: 'descope' | 'standard', fault: ListedFault, { endpoint }: FaultScope): void {
  const served = fault.profiles.includes(profile) && (endpoint === undefined || hasEndpoint(profile, endpoint))
  if (served) return
  const others = listedFaults.filter(({ profiles }) => profiles.includes(profile)).map(({ name }) => name)
  throw new TypeError(
    `faults: ${fault.name} does not act in the profile ${profile}${endpoint === undefined ? '' : ` at ${endpoint}`}; ` +
      `closest that do are ${closestNames(fault.name, others).join(', ')}`,
  )
}
