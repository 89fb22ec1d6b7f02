import type { BrowserClient } from '@countersign/core/browser'
import { type Context, createContext } from 'react'

/** Carries the client of the nearest `CountersignProvider`. */
export const ClientContext: Context<BrowserClient | undefined> = createContext<BrowserClient | undefined>(undefined)
