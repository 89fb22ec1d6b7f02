import { readFileSync, realpathSync } from 'node:fs'
import { builtinModules, findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { init, parse } from 'es-module-lexer'

/** What an entry reaches through static and dynamic imports. */
export interface ImportGraph {
  /** Absolute paths of the files, those of other packages included. */
  readonly files: ReadonlySet<string>
  /** Names of the packages outside the entry's own. */
  readonly packages: ReadonlySet<string>
  /** Node built-ins, with `node:`. */
  readonly builtins: ReadonlySet<string>
  /** Dynamic imports whose target is computed: the walk can not follow them. */
  readonly computed: readonly string[]
}

const builtinNames = new Set(builtinModules)

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Resolves a bare specifier by the `exports` of its package, with the conditions a bundler for browsers uses. */
function resolveBare(specifier: string, importer: string, conditions: ReadonlySet<string>): string {
  const name = packageName(specifier)
  const manifestFile = findPackageJSON(specifier, pathToFileURL(importer))
  if (!manifestFile) throw new Error(`${importer} imports ${specifier}, which is not installed`)
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
  const subpath = `.${specifier.slice(name.length)}`
  const pick = (target: unknown): string | undefined => {
    if (typeof target === 'string') return target
    if (typeof target !== 'object' || target === null) return undefined
    for (const [condition, inner] of Object.entries(target)) {
      const found = condition === 'default' || conditions.has(condition) ? pick(inner) : undefined
      if (found) return found
    }
    return undefined
  }
  const exported =
    manifest.exports?.[subpath] ??
    (subpath === '.' ? (manifest.exports ?? manifest.module ?? manifest.main) : undefined)
  const target = pick(exported)
  if (!target) throw new Error(`${name} does not export ${subpath}`)
  return realpathSync(join(dirname(manifestFile), target))
}

/** Walks the imports of a built file. */
export async function walkImports(
  entry: string,
  conditions: ReadonlySet<string> = new Set(['browser', 'import']),
): Promise<ImportGraph> {
  await init
  const files = new Set<string>()
  const packages = new Set<string>()
  const builtins = new Set<string>()
  const computed: string[] = []
  const queue = [realpathSync(entry)]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue
    files.add(file)
    for (const { n: specifier, d: kind } of parse(readFileSync(file, 'utf8'))[0]) {
      if (kind === -2) continue
      if (specifier === undefined) computed.push(file)
      else if (specifier.startsWith('node:') || builtinNames.has(specifier))
        builtins.add(`node:${specifier.replace(/^node:/, '')}`)
      else if (specifier.startsWith('.')) queue.push(realpathSync(join(dirname(file), specifier)))
      else {
        packages.add(packageName(specifier))
        queue.push(resolveBare(specifier, file, conditions))
      }
    }
  }
  return { files, packages, builtins, computed }
}
