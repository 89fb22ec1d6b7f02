import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

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

const chromiumProject: TestProjectConfiguration = {
  ...source,
  test: {
    name: 'chromium',
    include: ['packages/*/test/**/*.browser.ts'],
    globalSetup: ['packages/core/test/support/start-mock-idp.ts'],
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
          include: ['packages/{react,vue}/test/**/*.test.{ts,tsx}'],
        },
      },
      ...(chromium ? [chromiumProject] : []),
    ],
  },
})
