import { createBrowserClient } from '@countersign/core/browser'

export const client = createBrowserClient({
  issuer: 'https://idp.example',
  clientId: 'my-app',
  redirectUri: 'https://app.example/callback',
  postLogoutRedirectUri: 'https://app.example/',
})
