import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root, run } from '../../scripts/workspace.mjs'

/** A work tree of a few files, on which a script of coverage is run. */
export function createCoverageTree(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'))
  mkdirSync(join(folder, 'docs'))
  const check = (...flags: string[]) =>
    run([process.execPath, join(root, 'scripts', script), '--root', folder, ...flags])
  return {
    read: (path: string) => readFileSync(join(folder, path), 'utf8'),
    write: (path: string, content: unknown) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
    },
    check,
    /** Syncs, then checks. */
    synced: async () => {
      await check('--sync')
      return check()
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
