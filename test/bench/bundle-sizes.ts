/** What an application's bundle grows by: each entry of each package, and the smallest useful imports. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build, type Metafile, type Platform } from 'esbuild'
import { formatTable } from './table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sourceCondition = '@countersign/source'

/** One thing to bundle. */
interface Entry {
  readonly name: string
  /** Source text of the entry module. */
  readonly code: string
  /** Folder that its imports are resolved from. */
  readonly folder: string
  /** Packages that an application has anyway, or that are counted in another row. */
  readonly external: readonly string[]
  readonly platform: Platform
}

interface Manifest {
  readonly name: string
  /** A subpath without conditions is a file of data. */
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Every subpath that the packages export, whole. */
function wholeEntries(): Entry[] {
  return globSync('packages/*/package.json', { cwd: root })
    .sort()
    .flatMap((file) => {
      const folder = join(root, dirname(file))
      const { name, exports, peerDependencies = {} } = JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest
      return Object.entries(exports).flatMap(([subpath, targets]): Entry[] => {
        if (typeof targets === 'string') return []
        const source = targets[sourceCondition]
        if (!source) throw new Error(`${file}: "${subpath}" has no "${sourceCondition}"`)
        return [
          {
            name: `${join(name, subpath)}, whole`,
            code: `export * from ${JSON.stringify(source)}`,
            folder,
            external: Object.keys(peerDependencies),
            platform: name === '@countersign/mock-idp' || name === '@countersign/express' ? 'node' : 'browser',
          },
        ]
      })
    })
}

/** An import as applications write it, resolved from the folder of a package. */
function imported(
  folder: string,
  specifier: string,
  names: readonly string[],
  more: Partial<Pick<Entry, 'name' | 'external' | 'platform'>> = {},
): Entry {
  const list = `{ ${names.join(', ')} }`
  return {
    name: `${specifier} ${list}`,
    code: `export ${list} from ${JSON.stringify(specifier)}`,
    folder: join(root, 'packages', folder),
    external: [],
    platform: 'browser',
    ...more,
  }
}

const oauth4webapiCodeFlow = [
  'allowInsecureRequests',
  'authorizationCodeGrantRequest',
  'calculatePKCECodeChallenge',
  'customFetch',
  'discoveryRequest',
  'generateRandomCodeVerifier',
  'generateRandomNonce',
  'generateRandomState',
  'None',
  'processAuthorizationCodeResponse',
  'processDiscoveryResponse',
  'processRefreshTokenResponse',
  'processRevocationResponse',
  'processUserInfoResponse',
  'refreshTokenGrantRequest',
  'revocationRequest',
  'userInfoRequest',
  'validateAuthResponse',
]

const react = imported('react', '@countersign/react', ['CountersignProvider', 'useSession'], {
  external: ['react', '@countersign/core'],
})

const smallest: readonly Entry[] = [
  {
    name: 'the smallest useful app (examples/smallest-app)',
    code: "export * from './app.ts'",
    folder: join(root, 'examples/smallest-app'),
    external: [],
    platform: 'browser',
  },
  imported('core', '@countersign/core/browser', ['createBrowserClient']),
  react,
  {
    ...react,
    name: 'the same with createBrowserClient',
    code: `${react.code}\nexport { createBrowserClient } from '@countersign/core/browser'`,
    external: ['react'],
  },
  imported('vue', '@countersign/vue', ['createCountersign', 'useSession'], {
    external: ['vue', 'vue-router', '@countersign/core'],
  }),
  imported('core', '@countersign/core/api', ['createAccessTokenVerifier']),
  imported('core', '@countersign/core/api', ['createRequestGuard']),
  imported('express', '@countersign/express', ['createAccessGuard'], { external: ['express'], platform: 'node' }),
  imported('core', '@countersign/core/agent', ['createTokenSource']),
  imported('core', '@countersign/core/descope', ['descopeBrowser']),
  imported('core', '@countersign/core', ['allOf', 'evaluateAccess', 'explainDecision', 'role', 'scope']),
]

const forComparison: readonly Entry[] = [
  imported('core', 'oauth4webapi', oauth4webapiCodeFlow, { name: 'oauth4webapi, code flow to revocation' }),
  imported('core', 'oauth4webapi', [...oauth4webapiCodeFlow, 'validateApplicationLevelSignature'], {
    name: 'oauth4webapi, the same with signature check',
  }),
  imported('core', 'jose', ['createRemoteJWKSet', 'jwtVerify']),
  imported('../test/bench', 'aws-jwt-verify', ['JwtVerifier'], { platform: 'node' }),
  imported('../test/bench', 'fast-jwt', ['createVerifier'], { platform: 'node' }),
  imported('../test/bench', 'express-oauth2-jwt-bearer', ['auth'], { external: ['express'], platform: 'node' }),
  imported('core', 'ky', ['default'], { name: 'ky, whole' }),
]

/** Bundles every entry and prints one table; writes nothing. */
export async function printBundleSizes(): Promise<void> {
  const groups = [
    ['Each entry, whole', wholeEntries()],
    ['Smallest useful imports', smallest],
    ['For comparison', forComparison],
  ] as const
  console.log(
    'Bundle sizes in bytes: esbuild, minified, all dependencies included except peers; shares are of the minified bytes.',
  )
  for (const [title, entries] of groups) {
    const rows = await Promise.all(entries.map(measure))
    console.log(`\n${formatTable([title, 'minified', 'gzip -9', 'brotli', 'own', 'dependencies'], rows)}`)
  }
}

async function measure({ name, code, folder, external, platform }: Entry): Promise<string[]> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    // Relative names in the metafile start here.
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform,
    conditions: [sourceCondition],
    external: external.flatMap((peer) => [peer, `${peer}/*`]),
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const bytes = outputFiles[0]?.contents ?? new Uint8Array()
  const { own, dependencies } = shares(metafile)
  return [
    name,
    `${bytes.length}`,
    `${gzipSync(bytes, { level: 9 }).length}`,
    `${brotliCompressSync(bytes).length}`,
    own,
    dependencies,
  ]
}

/** Whose code a bundle is made of. */
function shares({ outputs }: Metafile): { own: string; dependencies: string } {
  const byOwner = new Map<string, number>()
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? 'own'
      byOwner.set(owner, (byOwner.get(owner) ?? 0) + bytesInOutput)
    }
  }
  const total = [...byOwner.values()].reduce((sum, bytes) => sum + bytes, 0)
  const percent = (bytes = 0): string => `${Math.round((100 * bytes) / total)} %`
  const dependencies = [...byOwner]
    .filter(([owner, bytes]) => owner !== 'own' && bytes > 0.005 * total)
    .sort(([, left], [, right]) => right - left)
    .map(([owner, bytes]) => `${owner} ${percent(bytes)}`)
  return { own: percent(byOwner.get('own')), dependencies: dependencies.join(', ') }
}
