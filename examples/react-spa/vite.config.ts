import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  server: { port: 4461 },
  // Only needed inside this repository: takes Countersign from its sources, without a build.
  resolve: { conditions: ['@countersign/source', ...defaultClientConditions] },
})
