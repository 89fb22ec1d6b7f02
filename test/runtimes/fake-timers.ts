/** `setTimeout` that waits for the test, as far as the shared suites use the fake timers of Vitest. */

interface Waiting {
  readonly at: number
  readonly run: () => void
}

const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
let waiting = new Map<number, Waiting>()
let now = 0
let last = 0

/** Lets everything that is under way go on as far as it comes. */
const settle = (): Promise<void> => new Promise((resolve) => void real.setTimeout(resolve, 0))

/** The functions of `vi` for time. */
export const timers = {
  useFakeTimers(): void {
    waiting = new Map()
    now = 0
    const fake = {
      setTimeout(run: () => void, delay = 0): number {
        last += 1
        waiting.set(last, { at: now + delay, run })
        return last
      },
      clearTimeout(id: number): void {
        waiting.delete(id)
      },
    }
    Object.assign(globalThis, fake)
  },
  useRealTimers(): void {
    Object.assign(globalThis, real)
  },
  getTimerCount: (): number => waiting.size,
  async advanceTimersByTimeAsync(byMs: number): Promise<void> {
    const end = now + byMs
    for (;;) {
      await settle()
      const [next] = [...waiting].filter(([, { at }]) => at <= end).sort(([, one], [, other]) => one.at - other.at)
      if (!next) break
      const [id, { at, run }] = next
      waiting.delete(id)
      now = at
      run()
    }
    now = end
  },
}
