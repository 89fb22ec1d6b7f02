import { type Check, shape, text, whole } from '../config/shape.ts'
import type { Restorable } from '../snapshot.ts'
import { type FaultName, type FaultOptions, type FaultOptionsByName, faultDescriptions } from './catalogue.ts'

/** Makes the mock misbehave on command. */
export interface MockFaults {
  /**
   * Switches a fault on for the next place where it applies; several calls queue up. Throws a `TypeError` for an
   * unknown name or option.
   */
  next<Name extends FaultName>(name: Name, options?: FaultOptions<Name>): void
  /** Switches a fault on until {@link MockFaults.clear}. */
  always<Name extends FaultName>(name: Name, options?: FaultOptions<Name>): void
  /** Switches one fault off, or all of them. */
  clear(name?: FaultName): void
  /** Every fault there is. */
  readonly names: readonly FaultName[]
}

/** {@link MockFaults} as the endpoints see it. */
export interface FaultSwitch extends MockFaults, Restorable {
  /** The options of a fault that is on, using up one `next`; `undefined` when it is off. */
  take<Name extends FaultName>(name: Name): FaultOptions<Name> | undefined
  /** True when a fault is on; uses nothing up. */
  armed(name: FaultName): boolean
}

const optionShapes: Readonly<Record<keyof FaultOptionsByName, Check>> = {
  'authorize-hang': shape({ optional: { delayMs: whole(0) } }),
  'token-hang': shape({ optional: { delayMs: whole(0) } }),
  'response-error': shape({ optional: { error: text, description: text } }),
  'token-error': shape({ optional: { error: text, description: text, status: whole(400, 599) } }),
  'token-status-429': shape({ optional: { retryAfterSeconds: whole(0) } }),
}

/** Creates a switch with every fault off. */
export function createFaultSwitch(): FaultSwitch {
  const queued = new Map<FaultName, object[]>()
  const lasting = new Map<FaultName, object>()
  const names = Object.freeze(Object.keys(faultDescriptions).filter(isFaultName))

  const checked = (name: FaultName, options: object = {}): object => {
    if (!isFaultName(name)) {
      throw new TypeError(`faults: ${JSON.stringify(name)} is not a fault; allowed are ${names.join(', ')}`)
    }
    const check = Object.hasOwn(optionShapes, name) ? Reflect.get(optionShapes, name) : shape({})
    check(options, `faults[${JSON.stringify(name)}]`)
    return options
  }

  return {
    names,
    next(name, options) {
      queued.set(name, [...(queued.get(name) ?? []), checked(name, options)])
    },
    always(name, options) {
      lasting.set(name, checked(name, options))
    },
    clear(name) {
      for (const one of name === undefined ? names : [name]) {
        queued.delete(one)
        lasting.delete(one)
      }
    },
    take<Name extends FaultName>(name: Name): FaultOptions<Name> | undefined {
      const options = queued.get(name)?.shift() ?? lasting.get(name)
      return options as FaultOptions<Name> | undefined
    },
    save() {
      const kept = { queued: [...queued].map(([name, all]) => [name, [...all]] as const), lasting: [...lasting] }
      return () => {
        queued.clear()
        lasting.clear()
        for (const [name, all] of kept.queued) queued.set(name, [...all])
        for (const [name, options] of kept.lasting) lasting.set(name, options)
      }
    },
    armed: (name) => (queued.get(name)?.length ?? 0) > 0 || lasting.has(name),
  }
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultDescriptions, name)
}
