import { openApp as openSmallest } from '../../../examples/smallest-app/app.ts'
import type { OpenApp } from './app.ts'

export const openApp: OpenApp = async (settings) => {
  const app = await openSmallest(settings)
  return {
    signedIn: app.profile() !== undefined,
    login: async () => location.assign(await app.login()),
    accessToken: app.accessToken,
    profile: async () => app.profile(),
    logout: async () => location.assign((await app.logout()) ?? settings.postLogoutRedirectUri),
  }
}
