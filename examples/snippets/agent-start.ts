import { createTokenSource } from '@countersign/core/agent'
import { descopeAgent } from '@countersign/core/descope'

const clientSecret = process.env.ACCESS_KEY ?? ''
const tokens = createTokenSource(descopeAgent({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', clientSecret }))
const headers = { authorization: `Bearer ${await tokens.getAccessToken()}` }
const response = await fetch('https://api.example.com/jobs', { headers })
console.log(response.status, await response.json())
