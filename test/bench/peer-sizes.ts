/** What the same app costs with each library: every file of `apps/` does the same job. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { formatTable } from './table.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** An app, whose code it stands on, and whether the signature of the ID token is checked. */
interface Contender {
  readonly name: string
  /** File of the app. */
  readonly app: string
  readonly library?: string
  readonly signature: 'yes' | 'no'
  /** A file that the library loads from elsewhere at run time, for this job. */
  readonly loaded?: string
}

const contenders: readonly Contender[] = [
  { name: 'Countersign, protocol functions', app: 'countersign-functions.ts', signature: 'yes' },
  { name: 'Countersign, createBrowserClient', app: 'countersign.ts', signature: 'yes' },
  { name: 'Countersign, with the React adapter', app: 'countersign-react.ts', signature: 'yes' },
  { name: 'oidc-client-ts', app: 'oidc-client-ts.ts', library: 'oidc-client-ts', signature: 'no' },
  { name: 'auth0-spa-js', app: 'auth0-spa-js.ts', library: '@auth0/auth0-spa-js', signature: 'no' },
  { name: '@axa-fr/oidc-client', app: 'axa-oidc-client.ts', library: '@axa-fr/oidc-client', signature: 'no' },
  { name: 'okta-auth-js, core', app: 'okta-auth-js.ts', library: '@okta/okta-auth-js', signature: 'yes' },
  { name: 'keycloak-js', app: 'keycloak-js.ts', library: 'keycloak-js', signature: 'no' },
  { name: 'oidc-spa, core', app: 'oidc-spa.ts', library: 'oidc-spa', signature: 'no' },
  {
    name: 'Descope web SDK, OIDC mode',
    app: 'descope-web-js-sdk.ts',
    library: '@descope/web-js-sdk',
    signature: 'no',
    loaded: 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js',
  },
]

/** Bytes of one or more files, each compressed by itself, as a server sends them. */
function weigh(files: readonly Uint8Array[]): readonly [raw: number, gzip: number, brotli: number] {
  const sum = (weight: (file: Uint8Array) => number) => files.reduce((total, file) => total + weight(file), 0)
  return [
    sum(({ length }) => length),
    sum((file) => gzipSync(file, { level: 9 }).length),
    sum((file) => brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length),
  ]
}

const versionOf = (library: string): string =>
  JSON.parse(readFileSync(join(folder, 'node_modules', library, 'package.json'), 'utf8')).version

async function measure({ name, app, library, signature, loaded }: Contender): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, 'apps', app)],
    absWorkingDir: folder,
    outdir: join(folder, 'out'),
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@countersign/source'],
    // The Descope SDK falls back to a copy on its own servers where the application brings none.
    external: ['react', 'react/*', ...(loaded ? ['oidc-client-ts'] : [])],
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const contents = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
  const outputs = Object.entries(metafile.outputs)
  const entry = outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(app))?.[0] ?? ''
  /** A file and what it imports before it runs. */
  const withImports = (file: string): string[] => [
    file,
    ...(metafile.outputs[file]?.imports ?? [])
      .filter(({ kind, external }) => kind === 'import-statement' && !external)
      .flatMap(({ path }) => withImports(path)),
  ]
  const bytes = (file: string) => contents.get(join(folder, file)) ?? new Uint8Array()
  const eager = weigh([...new Set(withImports(entry))].map(bytes))
  const total = weigh([
    ...outputs.map(([file]) => bytes(file)),
    ...(loaded ? [readFileSync(join(folder, loaded))] : []),
  ])
  return [library ? `${name} ${versionOf(library)}` : name, ...[...eager, ...total].map(String), signature]
}

/** Bundles every app and prints a table; writes nothing. */
export async function printPeerSizes(): Promise<void> {
  console.log('The same app with each library, in bytes: esbuild, minified. Eager is what loads with the page.')
  const head = ['App', 'eager', 'gzip -9', 'brotli 11', 'total', 'gzip -9', 'brotli 11', 'signature']
  console.log(`\n${formatTable(head, await Promise.all(contenders.map(measure)))}`)
}
