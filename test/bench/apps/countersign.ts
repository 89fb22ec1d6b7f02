import { createBrowserClient } from '@countersign/core/browser'
import type { OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const client = createBrowserClient({ ...settings, restore: 'none' })
  client.start()
  await new Promise<void>((resolve) => {
    const check = () => client.getSnapshot().status === 'pending' || resolve()
    client.subscribe(check)
    check()
  })
  return {
    signedIn: client.getSnapshot().status === 'authenticated',
    login: () => client.login(),
    accessToken: () => client.getAccessToken(),
    async profile() {
      const session = client.getSnapshot()
      return session.status === 'authenticated' && session.claims
    },
    logout: () => client.logout(),
  }
}
