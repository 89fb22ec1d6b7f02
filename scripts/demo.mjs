// @ts-check
// Starts the demo (examples/demo/main.ts) on the pinned Node, straight from the TypeScript sources.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.mjs'

const pinned = join(root, 'node_modules/.bin/node')
const usesPinned = process.platform !== 'win32' && existsSync(pinned)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const stripsTypes = usesPinned || major > 22 || (major === 22 && minor >= 18)

const child = spawn(
  usesPinned ? pinned : process.execPath,
  [
    ...(stripsTypes ? [] : ['--experimental-strip-types']),
    '--conditions=@countersign/source',
    '--disable-warning=ExperimentalWarning',
    join(root, 'examples/demo/main.ts'),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
)
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal))
child.on('error', (error) => {
  console.error(`The demo could not be started: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  // 130 and 143 are what a shell reports for a program that SIGINT or SIGTERM ended.
  process.exit(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1))
})
