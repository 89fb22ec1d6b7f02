// The agent on its own: CLIENT_ID=... CLIENT_SECRET=... pnpm start
import { describeReport, runAgent } from './agent.ts'

const {
  PROJECT_ID = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H',
  IDP_URL = 'http://localhost:4455',
  API_URL = 'http://localhost:4460',
  CLIENT_ID = '',
  CLIENT_SECRET = '',
} = process.env

const report = await runAgent({
  projectId: PROJECT_ID,
  baseUrl: IDP_URL,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  apiUrl: API_URL,
})
for (const line of describeReport(report)) console.log(line)
