import { WebStorageStateStore } from 'oidc-client-ts'
import type { OpenApp } from './app.ts'
import { openWith } from './oidc-client-ts.ts'

export const openApp: OpenApp = (settings) =>
  openWith(settings, { userStore: new WebStorageStateStore({ store: localStorage }) })
