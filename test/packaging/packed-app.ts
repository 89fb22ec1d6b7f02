import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { buildCopies, pack } from '../../scripts/build.mjs'
import { listPackages, root, run, tool } from '../../scripts/workspace.mjs'

/** A project outside the workspace that installed the packed packages, as a user's project would. */
export interface PackedApp {
  readonly folder: string
  /** Folder of an installed package, by its name in the workspace: `core`. */
  installed(name: string): string
  remove(): void
}

/** The public packages of the workspace. */
export const allPackages = listPackages()

/** Every file of a folder, as paths with slashes. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
}

/**
 * Builds, packs and installs packages in a temporary folder. Third-party packages are links to the workspace's own,
 * so that nothing is asked of the network; pnpm's strict layout still hides whatever a package forgot to declare.
 */
export async function createPackedApp(packages = allPackages): Promise<PackedApp> {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'packed-app-')))
  const remove = () => rmSync(temp, { recursive: true, force: true })
  try {
    return { ...(await installPacked(temp, packages)), remove }
  } catch (error) {
    remove()
    throw error
  }
}

async function installPacked(temp: string, packages: typeof allPackages): Promise<Omit<PackedApp, 'remove'>> {
  const folder = join(temp, 'app')
  for (const name of ['build', 'tarballs', 'app']) mkdirSync(join(temp, name))
  const tarballs = await pack(join(temp, 'tarballs'), await buildCopies(join(temp, 'build'), packages))

  const dependencies: Record<string, string> = {
    '@types/node': `link:${realpathSync(join(root, 'node_modules/@types/node'))}`,
  }
  const overrides: Record<string, string> = {}
  for (const { name, folder: source, manifest } of packages) {
    dependencies[manifest.name] = `file:${tarballs.get(name)}`
    overrides[manifest.name] = `file:${tarballs.get(name)}`
    const peers = Object.keys(manifest.peerDependencies ?? {})
    for (const dependency of [...Object.keys(manifest.dependencies ?? {}), ...peers]) {
      if (packages.some((other) => other.manifest.name === dependency)) continue
      const linked = join(source, 'node_modules', dependency)
      // The newest version a package declares would come from the registry; the workspace has one of its own.
      if (existsSync(linked)) overrides[dependency] = `link:${realpathSync(linked)}`
      if (peers.includes(dependency)) dependencies[dependency] = '*'
    }
    // A project in TypeScript installs these itself.
    for (const dependency of Object.keys(manifest.devDependencies ?? {}).filter((other) =>
      other.startsWith('@types/'),
    )) {
      dependencies[dependency] = `link:${realpathSync(join(source, 'node_modules', dependency))}`
    }
  }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module', dependencies }),
  )
  // JSON is YAML.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ overrides, storeDir: join(temp, 'store') }))
  const { ok, output } = await run(
    [...tool('pnpm'), 'install', '--offline', '--ignore-scripts', '--no-frozen-lockfile'],
    {
      cwd: folder,
    },
  )
  if (!ok) throw new Error(`The packed packages could not be installed:\n${output}`)
  return {
    folder,
    installed: (name) => join(folder, 'node_modules/@countersign', name),
  }
}
