/** A Redis Cluster of three masters on free ports. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@keyv/redis'
import { vi } from 'vitest'
import { type RedisProcess, startRedisServer } from './redis-server.ts'

const slots = 16_384
/** The first slot of each master. */
const firstSlots = [0, 5461, 10_922]
const host = '127.0.0.1'

interface Master {
  readonly port: number
  /** Of all masters, so that each of them can remove it when this process is killed. */
  readonly folder: string
  readonly busPort: number
  server?: RedisProcess
}

export interface RunningCluster {
  /** Addresses of the masters; slots are dealt to them in equal parts, in this order. */
  readonly urls: readonly string[]
  /** The slot of a key, and the master that had it at the start. */
  locate(key: string): Promise<{ readonly slot: number; readonly master: number }>
  /** Gives a slot without keys to another master. Clients learn of it by a redirection. */
  moveSlot(slot: number, from: number, to: number): Promise<void>
  stop(master: number): Promise<void>
  /** Starts a master again, empty. */
  start(master: number): Promise<void>
  close(): Promise<void>
}

export async function startRedisCluster(): Promise<RunningCluster> {
  const root = await mkdtemp(join(tmpdir(), 'countersign-cluster-'))
  const ports = await freePorts(6)
  const masters = firstSlots.map(
    (_, index): Master => ({
      port: ports[index] ?? 0,
      busPort: ports[index + 3] ?? 0,
      folder: root,
    }),
  )
  const at = (index: number): Master => masters[index] ?? raise(`there is no master ${index}`)
  const close = async () => {
    await Promise.all(masters.map(stopMaster))
    await rm(root, { recursive: true, force: true })
  }
  try {
    await Promise.all(masters.map(startMaster))
    await Promise.all(
      masters.map(({ port }, index) => {
        const last = (firstSlots[index + 1] ?? slots) - 1
        return command(port, 'CLUSTER', 'ADDSLOTSRANGE', `${firstSlots[index]}`, `${last}`)
      }),
    )
    const [first] = masters
    for (const { port, busPort } of masters.slice(1)) {
      await command(first?.port ?? 0, 'CLUSTER', 'MEET', host, `${port}`, `${busPort}`)
    }
    await allGood(masters)
  } catch (error) {
    await close()
    throw error
  }
  return {
    urls: masters.map(({ port }) => `redis://${host}:${port}`),
    async locate(key) {
      const slot = Number(await command(at(0).port, 'CLUSTER', 'KEYSLOT', key))
      return { slot, master: firstSlots.findLastIndex((first) => first <= slot) }
    },
    async moveSlot(slot, from, to) {
      const [source, target] = [at(from).port, at(to).port]
      const [sourceId, targetId] = [await command(source, 'CLUSTER', 'MYID'), await command(target, 'CLUSTER', 'MYID')]
      const setSlot = (port: number, ...words: string[]) => command(port, 'CLUSTER', 'SETSLOT', `${slot}`, ...words)
      // Only a master that was importing begins a new epoch, without which the others go on to believe the old one.
      await setSlot(target, 'IMPORTING', `${sourceId}`)
      await setSlot(source, 'MIGRATING', `${targetId}`)
      for (const port of [target, source]) await setSlot(port, 'NODE', `${targetId}`)
    },
    stop: (index) => stopMaster(at(index)),
    async start(index) {
      await startMaster(at(index))
      await allGood(masters)
    },
    close,
  }
}

async function startMaster(master: Master): Promise<void> {
  master.server = await startRedisServer(master.folder, [
    ...['--port', `${master.port}`, '--bind', host, '--cluster-enabled', 'yes', '--cluster-port', `${master.busPort}`],
    ...['--cluster-node-timeout', '1000', '--cluster-config-file', `${master.port}.conf`],
  ])
}

async function stopMaster(master: Master): Promise<void> {
  const { server } = master
  delete master.server
  await server?.stop()
}

/** Until every master knows of every slot. */
async function allGood(masters: readonly Master[]): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const { port } of masters) {
        const info = String(await command(port, 'CLUSTER', 'INFO'))
        if (!/cluster_state:ok[\s\S]*slots_ok:16384/.test(info)) throw new Error(`master ${port} is not ready: ${info}`)
      }
    },
    { timeout: 20_000, interval: 50 },
  )
}

async function command(port: number, ...words: string[]): Promise<unknown> {
  const client = createClient({ url: `redis://${host}:${port}` })
  await client.connect()
  try {
    return await client.sendCommand(words)
  } finally {
    await client.close()
  }
}

/** Ports that nothing listened on a moment ago, no two of them the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

function raise(message: string): never {
  throw new Error(message)
}
