/** Bundles test files of core, as they are, for a runtime that Vitest does not run in. */
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { loadVectors } from '../../packages/core/test/wycheproof/load-vectors.ts'

const root = join(import.meta.dirname, '../..')
const inHere = (file: string): string => join(import.meta.dirname, file)

/** Modules that only Node has, by what takes their place. */
function standIns(files: readonly string[]): Plugin {
  const virtual: Record<string, string> = {
    'the-suite': files.map((file) => `import ${JSON.stringify(join(root, file))}`).join('\n'),
    'the-vectors': `export const missingVectors = ''\nexport const loadVectors = () => (${JSON.stringify(loadVectors())})`,
  }
  return {
    name: 'stand-ins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^vitest$/ }, () => ({ path: inHere('vitest-stand-in.ts') }))
      onResolve({ filter: /\/the-suite\.ts$/ }, () => ({ path: 'the-suite', namespace: 'virtual' }))
      onResolve({ filter: /\/load-vectors\.ts$/ }, () => ({ path: 'the-vectors', namespace: 'virtual' }))
      onLoad({ filter: /.*/, namespace: 'virtual' }, ({ path }) => ({
        contents: virtual[path] ?? '',
        resolveDir: root,
      }))
    },
  }
}

/**
 * Writes one module that runs some test files.
 *
 * @param entry - `run-program.ts` writes the results, `run-worker.ts` answers a request with them.
 */
export async function bundleSuite(entry: string, files: readonly string[], outfile: string): Promise<void> {
  await build({
    entryPoints: [inHere(entry)],
    outfile,
    bundle: true,
    // core says that its files have no side effects; its tests have.
    ignoreAnnotations: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    conditions: ['@countersign/source', 'import'],
    mainFields: ['module', 'main'],
    external: ['node:*'],
    inject: [inHere('node-globals.ts')],
    plugins: [standIns(files)],
    logLevel: 'error',
  })
}
