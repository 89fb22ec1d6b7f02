import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright'
import { onTestFinished } from 'vitest'
import { chromiumAdvice, findChromium, launchChromium } from '../../examples/demo/chromium.ts'

let running: Promise<Browser> | undefined

/** Chromium for all files that a worker runs; ends with the worker. */
async function sharedChromium(): Promise<Browser> {
  const chromium = findChromium()
  if (!chromium) throw new Error(chromiumAdvice)
  running ??= launchChromium(chromium)
  // One that has crashed fails its own test, and not those after it.
  if (!(await running).isConnected()) running = launchChromium(chromium)
  return running
}

/**
 * Opens a browser that has been nowhere yet, for the test that runs.
 *
 * @param browser - Default: one Chromium for all files that a worker runs.
 */
export async function openContext(options: BrowserContextOptions = {}, browser?: Browser): Promise<BrowserContext> {
  const context = await (browser ?? (await sharedChromium())).newContext(options)
  onTestFinished(() => context.close())
  return context
}
