import { createBrowserClient } from '@countersign/core/browser'
import { createAccessGuard } from '@countersign/express'

// Any OpenID Provider: its endpoints and keys are found by the issuer.
export const client = createBrowserClient({
  issuer: 'https://id.example.com',
  clientId: 'my-app',
  redirectUri: 'https://app.example.com/callback',
  postLogoutRedirectUri: 'https://app.example.com/',
  scope: 'openid profile email orders.read',
})

export const guard = createAccessGuard({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
})
