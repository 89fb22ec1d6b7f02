// The API on its own: PROJECT_ID=... pnpm start
import { descopeApi } from '@countersign/core/descope'
import { createApi } from './app.ts'

const {
  PROJECT_ID = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H',
  IDP_URL = 'http://localhost:4455',
  ORIGINS = 'http://localhost:4461 http://localhost:4462',
  PORT = '4464',
} = process.env

const verifier = descopeApi({ projectId: PROJECT_ID, baseUrl: IDP_URL, inbound: true })
const api = await createApi({ verifier, origins: ORIGINS.split(' ') })
console.log(`The API listens on ${await api.listen({ host: 'localhost', port: Number(PORT) })}.`)
