import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@countersign/source', 'node'] } },
  test: { include: ['*.ts'], exclude: ['*.config.ts'] },
})
