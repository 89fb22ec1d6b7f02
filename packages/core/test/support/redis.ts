/** A Redis of its own for each test file, on a socket in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Found by vitest.config.ts, which says so when it is missing, and fails in CI. */
export const redisServer = process.env.REDIS_SERVER_PATH

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
  let server: ChildProcess | undefined
  const start = async () => {
    const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder]
    const started = spawn(redisServer ?? 'redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
    server = started
    await new Promise<void>((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)))
      started.stdout.on('data', (text) => {
        if (/ready to accept connections/i.test(String(text))) resolve()
      })
    })
  }
  const stop = async () => {
    const stopped = server
    server = undefined
    if (!stopped) return
    stopped.kill('SIGKILL')
    if (stopped.exitCode === null && stopped.signalCode === null) await once(stopped, 'exit')
  }
  await start()
  return {
    socket,
    start,
    stop,
    pause: () => void server?.kill('SIGSTOP'),
    resume: () => void server?.kill('SIGCONT'),
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
