import vue from '@vitejs/plugin-vue'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue()],
  server: { port: 4462 },
  // Only needed inside this repository: takes Countersign from its sources, without a build.
  resolve: { conditions: ['@countersign/source', ...defaultClientConditions] },
})
