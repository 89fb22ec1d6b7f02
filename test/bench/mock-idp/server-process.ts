/** A candidate in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Candidate } from './candidates.ts'

/** A candidate that listens. */
export interface ServerProcess {
  readonly url: string
  /** Milliseconds of CPU that the process has used, on all of its threads. */
  cpu(): Promise<number>
  /** Megabytes in use after a garbage collection. */
  memory(): Promise<{ readonly heap: number; readonly rss: number }>
  /** Moves the candidate's clock, where it has one. */
  advance(seconds: number): Promise<void>
  stop(): Promise<void>
}

interface Usage {
  readonly memory: NodeJS.MemoryUsage
  readonly cpu: NodeJS.CpuUsage
}

/** Starts a candidate as its user would: Node, the built package, nothing else. */
export async function startServer(candidate: Candidate): Promise<ServerProcess> {
  const script = fileURLToPath(new URL(`../servers/${candidate.script}`, import.meta.url))
  // Without the condition that this benchmark runs under, so that ours is what is published.
  const child = fork(script, { execArgv: ['--expose-gc'] })
  const { url } = (await nextMessage(child)) as { url: string }
  const ask = async (order: { readonly advance?: number; readonly collect?: boolean }): Promise<Usage> => {
    child.send(order)
    return (await nextMessage(child)) as Usage
  }
  return {
    url,
    async cpu() {
      const { cpu } = await ask({})
      return (cpu.user + cpu.system) / 1000
    },
    async memory() {
      await ask({ collect: true })
      const { memory } = await ask({ collect: true })
      return { heap: memory.heapUsed / 2 ** 20, rss: memory.rss / 2 ** 20 }
    },
    async advance(seconds) {
      await ask({ advance: seconds })
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${child.spawnargs.at(-1)} ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
}
