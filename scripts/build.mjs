// @ts-check
// Builds and packs the packages: tsup writes the JavaScript, one `tsc -b` all declarations, `pnpm pack` the tarballs.
// With an output folder nothing in the work tree is touched, so tests can build while somebody else does.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { listPackages, readJson, root, run, tool, twoAtATime } from './workspace.mjs'

/** @typedef {import('./workspace.mjs').WorkspacePackage} WorkspacePackage */
/** @typedef {{ ok: boolean, output: string }} Outcome */

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function combine(outcomes) {
  const failed = outcomes.filter(({ ok }) => !ok)
  const shown = failed.length > 0 ? failed : outcomes
  return {
    ok: failed.length === 0,
    output: shown
      .map(({ output }) => output)
      .filter(Boolean)
      .join('\n\n'),
  }
}

/**
 * Type-checks the sources and writes their declarations into `dist`.
 *
 * @param {readonly WorkspacePackage[]} [packages]
 * @returns {Promise<Outcome>}
 */
export function writeDeclarations(packages = listPackages()) {
  return run([...tool('tsc'), '-b', ...packages.map(({ folder }) => folder)])
}

/**
 * Builds every package into its `dist`.
 *
 * @param {readonly WorkspacePackage[]} [packages]
 * @returns {Promise<Outcome>}
 */
export async function build(packages = listPackages()) {
  for (const { folder } of packages) rmSync(join(folder, 'dist'), { recursive: true, force: true })
  const bundles = await twoAtATime(packages, ({ folder }) => run(tool('tsup'), { cwd: folder }))
  return combine([...bundles, await writeDeclarations(packages)])
}

/**
 * Builds into `<output>/packages/<name>/dist` and puts beside it what `pnpm pack` reads.
 *
 * @param {string} output absolute path of an empty folder
 * @param {readonly WorkspacePackage[]} [packages]
 * @returns {Promise<WorkspacePackage[]>} the copies
 */
export async function buildCopies(output, packages = listPackages()) {
  const copies = packages.map((original) => ({ ...original, folder: join(output, 'packages', original.name) }))
  writeFileSync(join(output, 'pnpm-workspace.yaml'), 'packages: [packages/*]\n')
  for (const { name, folder } of copies) {
    mkdirSync(folder, { recursive: true })
    const from = join(root, 'packages', name)
    for (const file of ['package.json', 'README.md', 'CHANGELOG.md']) {
      if (existsSync(join(from, file))) cpSync(join(from, file), join(folder, file))
    }
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
    if (existsSync(join(from, 'schema'))) cpSync(join(from, 'schema'), join(folder, 'schema'), { recursive: true })
    symlinkSync(join(from, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const { references = [] } = readJson(join(from, 'tsconfig.json'))
    const copied = {
      extends: join(from, 'tsconfig.json'),
      compilerOptions: {
        outDir: join(folder, 'dist'),
        tsBuildInfoFile: join(folder, 'dist/tsconfig.tsbuildinfo'),
        typeRoots: [join(root, 'node_modules/@types')],
      },
      references,
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(copied))
  }
  const bundles = await twoAtATime(copies, ({ name, folder }) =>
    run([...tool('tsup'), '--out-dir', join(folder, 'dist')], { cwd: join(root, 'packages', name) }),
  )
  const { ok, output: text } = combine([...bundles, await writeDeclarations(copies)])
  if (!ok) throw new Error(`The packages could not be built:\n${text}`)
  for (const copy of copies) restoreSourcePaths(copy)
  return copies
}

/** Makes the relative paths in source maps those of a build in place. @param {WorkspacePackage} copy */
function restoreSourcePaths({ name, folder }) {
  for (const file of readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.map')) continue
    const map = readJson(join(folder, 'dist', file))
    const built = dirname(join(folder, 'dist', file))
    const inPlace = dirname(join(root, 'packages', name, 'dist', file))
    map.sources = map.sources.map((/** @type {string} */ source) =>
      isAbsolute(source) ? source : relative(inPlace, resolve(built, source)).replaceAll(sep, '/'),
    )
    writeFileSync(join(folder, 'dist', file), JSON.stringify(map))
  }
}

/**
 * Packs packages as they would be published.
 *
 * @param {string} destination absolute path of an existing folder
 * @param {readonly WorkspacePackage[]} [packages]
 * @returns {Promise<Map<string, string>>} tarball by package name
 */
export async function pack(destination, packages = listPackages()) {
  const missing = packages.filter(({ folder }) => !existsSync(join(folder, 'dist')))
  if (missing.length > 0)
    throw new Error(`Not built yet: ${missing.map(({ name }) => name).join(', ')}. Run: npm run build`)
  const tarballs = await twoAtATime(packages, async ({ name, folder, manifest }) => {
    const { ok, output } = await run([...tool('pnpm'), 'pack', '--pack-destination', destination], { cwd: folder })
    if (!ok) throw new Error(`pnpm pack failed in ${name}:\n${output}`)
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    return /** @type {[string, string]} */ ([name, join(destination, file)])
  })
  return new Map(tarballs)
}
