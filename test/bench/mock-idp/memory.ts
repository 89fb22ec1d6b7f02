/** What 10,000 logins leave behind. */
import type { Candidate } from './candidates.ts'
import { login } from './flows.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const logins = 10_000
const inFlight = 8
/** Loads every module and lets the engine compile before the base is read. */
const warmup = 200
const fortyDays = 40 * 24 * 3600

/** Megabytes in use after garbage collection. */
export interface MemoryReport {
  readonly heapBase: number
  readonly heapAfter: number
  /** After the clock went on by 40 days and a few more logins; only where the clock can be moved. */
  readonly heapExpired?: number
  readonly rssBase: number
  readonly rssAfter: number
}

/** Logs 10,000 browsers in and reads the memory of the provider. */
export async function measureMemory(candidate: Candidate, canMoveClock: boolean): Promise<MemoryReport> {
  const server = await startServer(candidate)
  await logIn(candidate, server, warmup)
  const base = await server.memory()
  await logIn(candidate, server, logins)
  const after = await server.memory()
  let heapExpired: number | undefined
  if (canMoveClock) {
    await server.advance(fortyDays)
    await logIn(candidate, server, warmup)
    heapExpired = (await server.memory()).heap
  }
  await server.stop()
  return {
    heapBase: base.heap,
    heapAfter: after.heap,
    ...(heapExpired !== undefined && { heapExpired }),
    rssBase: base.rss,
    rssAfter: after.rss,
  }
}

async function logIn(candidate: Candidate, { url }: ServerProcess, count: number): Promise<void> {
  let left = count
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await login({ candidate, url })
    }),
  )
}
