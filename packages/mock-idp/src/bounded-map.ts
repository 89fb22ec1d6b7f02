/** Maps that forget: what is over by the mock's clock, and the oldest entries beyond a number. */
import type { TimeSource } from './clock.ts'

const sweepMs = 60_000
const smallestSweep = 256

/**
 * Creates a map that stays small. It looks for values that are over when it has grown to twice of what the last look
 * left, and with the first entry after a minute of the clock.
 *
 * @param options.most - How many entries are kept; the one that was set first goes first.
 * @param options.isOver - True for a value that nobody can ask for any more. Default none is.
 */
export function createBoundedMap<Value>(options: {
  readonly clock: TimeSource
  readonly most: number
  readonly isOver?: (value: Value) => boolean
}): Map<string, Value> {
  const { clock, most, isOver = () => false } = options
  let sweptAt = clock.now()
  let sweepSize = smallestSweep
  const map = new Map<string, Value>()
  const sweep = (): void => {
    for (const [key, value] of map) if (isOver(value)) map.delete(key)
    sweptAt = clock.now()
    sweepSize = Math.max(smallestSweep, 2 * map.size)
  }
  map.set = (key, value) => {
    if (map.size >= sweepSize || Math.abs(clock.now() - sweptAt) >= sweepMs) sweep()
    Map.prototype.set.call(map, key, value)
    if (map.size > most)
      for (const oldest of map.keys()) {
        map.delete(oldest)
        if (map.size <= most) break
      }
    return map
  }
  return map
}
