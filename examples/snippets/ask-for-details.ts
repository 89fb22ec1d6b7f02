import { createTokenSource } from '@countersign/core/agent'
import { createBrowserClient } from '@countersign/core/browser'

const details = [{ type: 'payment_initiation', actions: ['initiate'], identifier: 'A1' }]
const asked = { authorization_details: JSON.stringify(details) }

const app = { issuer: 'https://idp.example', clientId: 'shop', redirectUri: 'https://shop.example/callback' }
export const client = createBrowserClient(app)
export const askForPayment = () => client.login({ parameters: asked })

export const tokens = createTokenSource({
  issuer: 'https://idp.example',
  clientId: 'agent',
  clientSecret: process.env.AGENT_SECRET ?? '',
  parameters: asked,
})
