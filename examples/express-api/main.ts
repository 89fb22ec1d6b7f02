// The API on its own: PROJECT_ID=... pnpm start
import { startApi } from './server.ts'

const {
  PROJECT_ID = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H',
  IDP_URL = 'http://localhost:4455',
  ORIGINS = 'http://localhost:4461 http://localhost:4462',
  PORT = '4460',
} = process.env

const api = await startApi({
  projectId: PROJECT_ID,
  baseUrl: IDP_URL,
  origins: ORIGINS.split(' '),
  port: Number(PORT),
})
console.log(`The API listens on ${api.url}.`)
