// Brings a fresh clone to a working state: the pinned pnpm installs the locked dependencies, the pinned Node among them.
// Runs on any Node from 18 on, before every script a newcomer can start; does nothing when the lockfile has not changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
const stamp = `${root}node_modules/.setup`
const lock = createHash('sha256')
  .update(readFileSync(`${root}pnpm-lock.yaml`))
  .digest('hex')
const platformPackage = `node-${process.platform}-${process.arch}`
const pinnedNode = manifest.optionalDependencies[platformPackage]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (!pinnedNode && (major < 22 || (major === 22 && minor < 19))) {
  console.error(
    `Countersign needs Node 22.19 or newer on ${process.platform}-${process.arch}; this is ${process.version}.\n` +
      'Only on Linux (x64, arm64) does the setup bring its own Node from the npm registry. Install a newer Node and run the command again.',
  )
  process.exit(1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing dependencies (once per change of the lockfile) ...')
  const packages = ['-p', `pnpm@${manifest.devDependencies.pnpm}`]
  if (pinnedNode) packages.push('-p', `${platformPackage}@${pinnedNode}`)
  const { status, error } = spawnSync('npx', ['--yes', ...packages, 'pnpm', 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) console.error(`npx could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(stamp, lock)
}
