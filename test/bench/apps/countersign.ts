import { type BrowserClientOptions, createBrowserClient } from '@countersign/core/browser'
import type { App, OpenApp, Settings } from './app.ts'

/** Opens the app with further options. */
export async function openWith(settings: Settings, options: Partial<BrowserClientOptions>): Promise<App> {
  const client = createBrowserClient({ ...settings, restore: 'none', ...options })
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

export const openApp: OpenApp = (settings) => openWith(settings, {})
