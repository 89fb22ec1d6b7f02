import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type Plugin, type TestProjectConfiguration } from 'vitest/config'

const source = {
  resolve: { conditions: ['@countersign/source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['@countersign/source', 'module', 'node', 'development|production'] } },
}

const chromium =
  process.env.CHROMIUM_PATH ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file))

const advice =
  'Chromium was not found, so the browser tests are left out. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.'
if (!chromium && process.env.CI === 'true') {
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

export default defineConfig({
  test: {
    reporters: ['default', ['./test/support/count-reporter.ts', { notice: chromium ? '' : advice }]],
    projects: [
      {
        ...source,
        test: {
          name: 'node',
          ...(chromium ? { env: { CHROMIUM_PATH: chromium } } : {}),
          include: [
            'packages/{core,express,mock-idp}/test/**/*.test.ts',
            'test/*/**/*.test.ts',
            'examples/*/**/*.test.ts',
          ],
        },
      },
      {
        ...source,
        test: {
          name: 'dom',
          environment: 'happy-dom',
          include: ['packages/{react,vue}/test/**/*.test.{ts,tsx}', 'examples/*/**/*.test.tsx'],
        },
      },
      ...(chromium ? [chromiumProject] : []),
    ],
  },
})
