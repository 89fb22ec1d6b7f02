import { defineConfig } from '@playwright/test'

const { CHROMIUM_PATH } = process.env

export default defineConfig({
  testMatch: '*.spec.ts',
  outputDir: process.env.PLAYWRIGHT_OUTPUT ?? 'test-results',
  reporter: 'json',
  fullyParallel: true,
  workers: 1,
  use: {
    launchOptions: { args: ['--no-sandbox'], ...(CHROMIUM_PATH !== undefined && { executablePath: CHROMIUM_PATH }) },
  },
})
