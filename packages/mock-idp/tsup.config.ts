import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    node: 'src/node.ts',
    msw: 'src/msw.ts',
    cli: 'src/cli.ts',
    'testing/index': 'src/testing/index.ts',
    'testing/vitest': 'src/testing/vitest.ts',
    'testing/playwright': 'src/testing/playwright.ts',
  },
  format: ['esm'],
  dts: false,
  platform: 'neutral',
  removeNodeProtocol: false,
  external: [/^node:/],
  target: 'es2022',
  sourcemap: true,
  clean: true,
})
