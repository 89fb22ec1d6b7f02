import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { walkImports } from './import-graph.ts'
import { allPackages, createPackedApp, type PackedApp } from './packed-app.ts'

const core = allPackages.filter(({ name }) => name === 'core')
let app: PackedApp

beforeAll(async () => {
  app = await createPackedApp(core)
}, 120_000)
afterAll(() => app?.remove())

function walkEntry(subpath: string) {
  const output = core[0]?.subpaths.find((entry) => entry.subpath === subpath)?.output
  if (!output) throw new Error(`core has no ${subpath}`)
  return walkImports(join(app.installed('core'), output))
}

describe('what the built entries of core reach', () => {
  test('/browser reaches oauth4webapi and neither ky, nor jose, nor a Node built-in', async () => {
    const { files, packages, builtins, computed } = await walkEntry('./browser')
    expect([...packages]).toEqual(['oauth4webapi'])
    expect([...builtins]).toEqual([])
    expect(computed).toEqual([])
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toContain('getBuiltinModule')
  })

  test('the neutral entry reaches oauth4webapi and no Node built-in', async () => {
    const { packages, builtins, computed } = await walkEntry('.')
    expect([...packages]).toEqual(['oauth4webapi'])
    expect([...builtins]).toEqual([])
    expect(computed).toEqual([])
  })

  test('/api reaches neither ky nor a static import of a Node built-in', async () => {
    const { packages, builtins } = await walkEntry('./api')
    expect(packages).not.toContain('ky')
    expect([...builtins]).toEqual([])
  })

  test.each(['createAccessTokenVerifier', 'createRequestGuard'])(
    'a bundle with %s of /api alone holds nothing of another package',
    async (name) => {
      const { metafile } = await build({
        stdin: { contents: `export { ${name} } from '@countersign/core/api'`, resolveDir: app.folder },
        bundle: true,
        format: 'esm',
        write: false,
        metafile: true,
        logLevel: 'silent',
      })
      const [output] = Object.values(metafile.outputs)
      const held = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      expect(held).not.toEqual([])
      expect(held.map(([file]) => file).filter((file) => !file.includes('/@countersign/core/dist/'))).toEqual([])
    },
  )

  test('/agent reaches ky, but no Node built-in', async () => {
    const { packages, builtins } = await walkEntry('./agent')
    expect(packages).toContain('ky')
    expect([...builtins]).toEqual([])
  })

  test.each(['./descope', './providers'])('%s reaches no other package', async (subpath) => {
    const { packages, builtins } = await walkEntry(subpath)
    expect([...packages, ...builtins]).toEqual([])
  })
})

test('the walk finds static, dynamic, re-exported and computed imports', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'import-graph-'))
  try {
    writeFileSync(
      join(folder, 'entry.js'),
      "import './static.js'\nexport * from './again.js'\nconst later = () => import('./dynamic.js')\n",
    )
    writeFileSync(join(folder, 'static.js'), "import { readFile } from 'node:fs/promises'\nimport 'path'\n")
    writeFileSync(join(folder, 'again.js'), 'export const url = import.meta.url\n')
    writeFileSync(join(folder, 'dynamic.js'), 'export const load = (name) => import(name)\n')
    const { files, builtins, computed } = await walkImports(join(folder, 'entry.js'))
    expect(files.size).toBe(4)
    expect([...builtins].sort()).toEqual(['node:fs/promises', 'node:path'])
    expect(computed).toHaveLength(1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
