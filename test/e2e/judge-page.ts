import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { BrowserContext, Page } from 'playwright'
import { expect } from 'vitest'
import { openContext } from './open-context.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The two ways in which every page is looked at. */
export const looks = [
  ['light', { width: 1024, height: 768 }],
  ['dark', { width: 320, height: 640 }],
] as const

type Look = (typeof looks)[number]

/** Opens a browser that looks at pages in one of those ways. */
export function openLook(colorScheme: Look[0], viewport: Look[1]): Promise<BrowserContext> {
  // The pages forbid scripts, and the checker is one.
  return openContext({ colorScheme, viewport, bypassCSP: true })
}

/** Holds a page to axe, and to the width of its window; it needs to be one of `openLook`. */
export async function judgePage(page: Page): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}
