import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Found by vitest.config.ts, which says so when it is missing, and fails in CI. */
export const redisServer = process.env.REDIS_SERVER_PATH

/** A Redis that answers. */
export interface RedisProcess {
  readonly process: ChildProcess
  /** Ends it; nothing when it has ended already. */
  stop(): Promise<void>
}

/**
 * Starts a Redis that keeps nothing on the disk, and ends with this process, however that ends.
 *
 * @param folder - Where it works; removed when this process ends before it.
 */
export async function startRedisServer(folder: string, options: readonly string[]): Promise<RedisProcess> {
  const all = [...options, '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = spawn(redisServer ?? 'redis-server', all, { stdio: ['ignore', 'pipe', 'inherit'] })
  // Waits for the end of what it reads, which comes too when the process that holds the other end is killed.
  const script = 'read -r _; kill -9 "$0" && rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, `${server.pid}`, folder], { stdio: ['pipe', 'ignore', 'ignore'] })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => {
      guard.kill()
      reject(new Error(`redis-server ended with ${code}`))
    })
    server.stdout.on('data', (text) => {
      if (/ready to accept connections/i.test(String(text))) resolve()
    })
  })
  return {
    process: server,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) return
      server.kill('SIGKILL')
      await once(server, 'exit')
    },
  }
}
