import { localTokenStorage } from '@countersign/core/browser'
import type { OpenApp } from './app.ts'
import { openWith } from './countersign.ts'

export const openApp: OpenApp = (settings) => openWith(settings, { tokenStorage: localTokenStorage() })
