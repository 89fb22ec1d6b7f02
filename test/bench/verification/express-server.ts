/** One guard in a server process of its own, beside the same route without it. Answers its order with one ratio a round. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import express from 'express'
import { readCpu } from './cpu.ts'
import { type GuardMaterial, guards } from './express-guards.ts'

const requestsPerRound = 2000
const warmupRounds = 3

/** What a process has to measure. */
export interface GuardOrder {
  readonly name: string
  readonly material: GuardMaterial
  readonly tokens: readonly string[]
  readonly connections: number
  readonly rounds: number
}

async function measure({ name, material, tokens, connections, rounds }: GuardOrder): Promise<number[]> {
  const guard = guards[name]
  if (!guard) throw new Error(`there is no guard ${name}`)
  const app = express()
  app.get('/bare', (_req, res) => void res.json({ contacts: [] }))
  app.get('/guarded', guard(material), (_req, res) => void res.json({ contacts: [] }))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const worker = new Worker(new URL('./load-generator.ts', import.meta.url), {
    workerData: { port, tokens, connections },
  })
  const cost = async (path: string): Promise<number> => {
    const before = readCpu().main
    worker.postMessage({ path, count: requestsPerRound })
    await once(worker, 'message')
    return readCpu().main - before
  }
  const ratios: number[] = []
  for (let round = -warmupRounds; round < rounds; round += 1) {
    const bare = await cost('/bare')
    const guarded = await cost('/guarded')
    if (round >= 0) ratios.push(guarded / bare)
  }
  return ratios
}

process.once('message', async (order: GuardOrder) => {
  process.send?.(await measure(order), () => process.exit(0))
})
