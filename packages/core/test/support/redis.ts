/** A Redis of its own for each test file, on a socket in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RedisProcess, startRedisServer } from './redis-server.ts'

export interface RunningRedis {
  /** Path of its socket. */
  readonly socket: string
  /** Starts it again after `stop`, empty. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Keeps it from answering, and lets it answer again. */
  pause(): void
  resume(): void
  close(): Promise<void>
}

export async function startRedis(): Promise<RunningRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-redis-'))
  const socket = join(folder, 'redis.sock')
  let server: RedisProcess | undefined
  const start = async () => {
    server = await startRedisServer(folder, ['--port', '0', '--unixsocket', socket])
  }
  const stop = async () => {
    const stopped = server
    server = undefined
    await stopped?.stop()
  }
  await start()
  return {
    socket,
    start,
    stop,
    pause: () => void server?.process.kill('SIGSTOP'),
    resume: () => void server?.process.kill('SIGCONT'),
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
