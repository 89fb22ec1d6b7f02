import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

function manifests(): string[] {
  const folders = ['packages', 'examples', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(folder, name)),
  )
  return ['', ...folders].map((folder) => join(root, folder, 'package.json'))
}

it('gives a reason in ARCHITECTURE.md for every dependency', () => {
  const reasons = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('## Why each dependency')[1] ?? ''
  const named = new Set(
    reasons
      .split('\n')
      .flatMap((line) => (line.split('|')[1] ?? '').split(',').map((name) => name.replace(/\(.*\)/, '').trim())),
  )
  const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']
  const used = manifests().flatMap((file) => {
    let manifest: Record<string, Record<string, string> | undefined>
    try {
      manifest = JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    return kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}))
  })
  const unexplained = [...new Set(used)].filter((name) => !name.startsWith('@countersign') && !named.has(name))
  expect(used.length).toBeGreaterThan(20)
  expect(unexplained).toEqual([])
})
