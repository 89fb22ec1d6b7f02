import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { redisServer } from './support/redis-server.ts'

test.skipIf(!redisServer)(
  'a Redis of the tests ends with the process that started it, also when that is killed',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-redis-'))
    const program = `
    const { startRedisServer } = await import(${JSON.stringify(join(import.meta.dirname, 'support/redis-server.ts'))})
    const server = await startRedisServer(${JSON.stringify(folder)}, ['--port', '0', '--unixsocket', 'redis.sock'])
    console.log(server.process.exitCode)`
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [text] = await once(starter.stdout, 'data')
    expect([String(text).trim(), existsSync(join(folder, 'redis.sock'))]).toEqual(['null', true])
    starter.kill('SIGKILL')
    // Its folder goes once the server was there to be ended.
    await expect.poll(() => existsSync(folder)).toBe(false)
  },
)
