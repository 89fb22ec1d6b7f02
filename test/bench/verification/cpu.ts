/** CPU time of the process, and of the thread that runs JavaScript. */

/** Milliseconds since an earlier reading, or since the process began. */
export interface CpuTime {
  /** All threads. */
  readonly all: number
  /** The thread that runs JavaScript; NaN on Node before 24, which does not tell. */
  readonly main: number
}

/** Reads both. */
export function readCpu(): CpuTime {
  const all = process.cpuUsage()
  const main = 'threadCpuUsage' in process ? process.threadCpuUsage() : { user: Number.NaN, system: 0 }
  return { all: (all.user + all.system) / 1000, main: (main.user + main.system) / 1000 }
}

/** Work to measure: one call does `size` times the same. */
export interface Work {
  readonly size: number
  readonly run: () => unknown
}

/** What one call costs, over as many calls as fit into a time. */
export async function measureCpu({ size, run }: Work, timeMs: number): Promise<CpuTime> {
  const before = readCpu()
  const end = performance.now() + timeMs
  let calls = 0
  do {
    // Reading the clock costs as much as a cheap call.
    for (let turn = 0; turn < 16; turn += 1) {
      const result = run()
      if (result instanceof Promise) await result
    }
    calls += 16 * size
    // A turn of the event loop, as between requests.
    await new Promise((resolve) => setImmediate(resolve))
  } while (performance.now() < end)
  const after = readCpu()
  return { all: (after.all - before.all) / calls, main: (after.main - before.main) / calls }
}
