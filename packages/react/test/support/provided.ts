import type { BrowserClient } from '@countersign/core/browser'
import { createElement, type ReactNode } from 'react'
import { CountersignProvider } from '../../src/index.ts'

/** Creates a wrapper for `renderHook`. */
export function provided(client: BrowserClient): (props: { children: ReactNode }) => ReactNode {
  return ({ children }) => createElement(CountersignProvider, { client, children })
}
