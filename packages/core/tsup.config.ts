import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'claims-schema': 'src/claims-schema.ts',
    'browser/index': 'src/browser/index.ts',
    'browser/encrypted-storage': 'src/browser/encrypted-storage.ts',
    'browser/par': 'src/browser/par.ts',
    'browser/front-channel-logout': 'src/browser/front-channel-logout.ts',
    'browser/limits': 'src/browser/limits.ts',
    'browser/recorder': 'src/browser/recorder.ts',
    'browser/dpop': 'src/browser/dpop.ts',
    'browser/resources': 'src/browser/resources.ts',
    'browser/popup': 'src/browser/popup.ts',
    'api/index': 'src/api/index.ts',
    'agent/index': 'src/agent/index.ts',
    'descope/index': 'src/descope/index.ts',
    'descope/claims': 'src/descope/claims.ts',
    'descope/client': 'src/descope/client.ts',
  },
  format: ['esm'],
  dts: false,
  platform: 'neutral',
  removeNodeProtocol: false,
  target: 'es2022',
  sourcemap: true,
  clean: true,
})
