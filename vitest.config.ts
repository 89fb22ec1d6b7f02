import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type Plugin, type TestProjectConfiguration } from 'vitest/config'
import { type EngineName, engineNames, findEngine } from './test/engines/find-engines.ts'
import { findProgram } from './test/support/find-program.ts'
import RuntimesFirst from './test/support/runtimes-first.ts'

const source = {
  resolve: { conditions: ['@countersign/source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['@countersign/source', 'module', 'node', 'development|production'] } },
}

/** Deadlines end what hangs, and nothing else: a machine with other work takes ten times as long. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } }

/**
 * Files share the modules of their worker, which are so loaded and compiled once, in a third of the time. None may leave
 * anything behind for the next one; Vitest takes back spies and stubs.
 */
const shared = { ...patience, isolate: false, restoreMocks: true, unstubGlobals: true, unstubEnvs: true }

/** Runs the tests of other files once more, so these must not be loaded yet, nor keep what it sets. */
const overOtherFiles = 'packages/core/test/api/web-signatures.test.ts'

const engines = engineNames.map((name) => ({ name, ...findEngine(name) }))
const [chromium] = findEngine('chromium').programs
const redisServer = findProgram('REDIS_SERVER_PATH', ['redis-server', 'valkey-server'])

const advice = [
  ...engines.map(({ missing }) => missing),
  redisServer
    ? ''
    : 'redis-server was not found, so the tests of the shared store are left out. Install it (Debian: apt-get install redis-server) or set REDIS_SERVER_PATH.',
]
  .filter(Boolean)
  .join('\n')
if (advice && process.env.CI === 'true') {
  console.error(advice)
  process.exit(1)
}

/** msw's service worker has to come from the origin of the page. */
const serveWorker: Plugin = {
  name: 'serve-msw-worker',
  configureServer({ middlewares }) {
    const folder = dirname(
      createRequire(join(import.meta.dirname, 'test/interop/package.json')).resolve('msw/package.json'),
    )
    const file = join(folder, 'lib/mockServiceWorker.js')
    middlewares.use('/mockServiceWorker.js', (_, response) => {
      response.setHeader('content-type', 'text/javascript').end(readFileSync(file))
    })
  },
}

const chromiumProject: TestProjectConfiguration = {
  ...source,
  plugins: [serveWorker],
  test: {
    ...patience,
    name: 'chromium',
    include: ['{packages,test}/*/**/*.browser.ts'],
    globalSetup: ['packages/core/test/support/start-mock-idp.ts', 'packages/core/test/wycheproof/provide-vectors.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      instances: [{ browser: 'chromium' }],
      provider: playwright({
        launchOptions: {
          ...(chromium ? { executablePath: chromium } : {}),
          args: [
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
          ],
        },
      }),
    },
  },
}

/** Tests that drive pages in Chromium from outside; one Chromium for all files of a worker. */
const inChromium = ['test/e2e/!(demo|size-budgets).test.ts', 'test/interop/oidc-client-ts.test.ts']

const e2eProject = (chromiumPath: string): TestProjectConfiguration => ({
  ...source,
  test: {
    ...shared,
    name: 'e2e',
    env: { CHROMIUM_PATH: chromiumPath },
    include: inChromium,
  },
})

/** The same tests, once for each engine that is installed. */
const engineProject = (engine: EngineName): TestProjectConfiguration => ({
  ...source,
  test: {
    ...patience,
    name: `engine-${engine}`,
    include: ['test/engines/**/*.test.ts'],
    // Once in some dozens of whole runs a login in a window of WebKitGTK did not come to its end, and no other run has shown
    // why: a second try tells a defect from that. Vitest names each test that needed one.
    retry: engine === 'webkit' ? 1 : 0,
    provide: { engine },
  },
})

export default defineConfig({
  test: {
    sequence: { sequencer: RuntimesFirst },
    // Vitest leaves a processor to itself, of two the half; tests in browsers wait more than they compute.
    maxWorkers: Math.max(availableParallelism() - 1, 2),
    reporters: ['default', ['./test/support/count-reporter.ts', { notice: advice }]],
    projects: [
      {
        ...source,
        test: {
          ...shared,
          name: 'node',
          env: {
            ...(chromium && { CHROMIUM_PATH: chromium }),
            ...(redisServer && { REDIS_SERVER_PATH: redisServer }),
          },
          include: [
            'packages/{core,express,mock-idp}/test/**/*.test.ts',
            'test/*/**/*.test.ts',
            'examples/*/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', 'test/{engines,runtimes}/**', overOtherFiles, ...inChromium],
        },
      },
      {
        ...source,
        test: { ...patience, name: 'web-signatures', include: [overOtherFiles] },
      },
      {
        ...source,
        test: { ...patience, name: 'runtimes', include: ['test/runtimes/**/*.test.ts'] },
      },
      {
        // The same tests as above, over the version that most apps still have.
        resolve: { ...source.resolve, alias: { express: 'express-4' } },
        ssr: source.ssr,
        test: { ...shared, name: 'express-4', include: ['packages/express/test/**/*.test.ts'] },
      },
      {
        ...source,
        test: {
          ...patience,
          name: 'dom',
          environment: 'happy-dom',
          include: ['packages/{react,vue}/test/**/*.test.{ts,tsx}', 'examples/*/**/*.test.tsx'],
        },
      },
      ...(chromium ? [chromiumProject, e2eProject(chromium)] : []),
      ...engines.filter(({ missing }) => !missing).map(({ name }) => engineProject(name)),
    ],
  },
})
