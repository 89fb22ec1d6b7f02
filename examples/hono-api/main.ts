// The API on its own: PROJECT_ID=... pnpm start
import { descopeApi } from '@countersign/core/descope'
import { serve } from '@hono/node-server'
import { createApi } from './app.ts'

const {
  PROJECT_ID = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H',
  IDP_URL = 'http://localhost:4455',
  ORIGINS = 'http://localhost:4461 http://localhost:4462',
  PORT = '4463',
} = process.env

const url = `http://localhost:${PORT}`
const verifier = descopeApi({ projectId: PROJECT_ID, baseUrl: IDP_URL, inbound: true })
serve({ ...createApi({ verifier, url, origins: ORIGINS.split(' ') }), hostname: 'localhost', port: Number(PORT) })
console.log(`The API listens on ${url}.`)
