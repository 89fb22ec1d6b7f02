import { stripVTControlCharacters } from 'node:util'
import type { Browser } from 'playwright'
import { agentSteps } from './check-agent.ts'
import { pageSteps } from './check-page.ts'
import { providerStory } from './check-provider.ts'
import { launchChromium } from './chromium.ts'
import type { Demo } from './start-demo.ts'

/** One line of the check. A step fails by throwing. */
export interface Step {
  readonly title: string
  run(): Promise<void>
}

const stepDeadlineMs = 20_000

/**
 * Drives the story of the demo in a real browser, one line per step.
 *
 * @param demo - A demo that runs.
 * @param chromiumPath - The browser to use.
 * @returns Whether every step passed; the first one that fails ends the check.
 */
export async function checkDemo(demo: Demo, chromiumPath: string): Promise<boolean> {
  const began = performance.now()
  const browser = await launchChromium(chromiumPath)
  try {
    const steps = await listSteps(demo, browser)
    for (const step of steps) {
      const started = performance.now()
      try {
        await withDeadline(step.run())
      } catch (error) {
        console.log(line('FAIL', started, step.title))
        const reason = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
        console.log(reason.trimEnd().replace(/^/gm, '     '))
        return false
      }
      console.log(line('ok', started, step.title))
    }
    console.log(`${steps.length} steps passed in ${seconds(began)}`)
    return true
  } finally {
    await browser.close()
  }
}

async function listSteps(demo: Demo, browser: Browser): Promise<Step[]> {
  const { signIn, revoke } = providerStory(demo, browser)
  const react = { name: 'React', url: demo.urls.react, user: 'mira' } as const
  const vue = { name: 'Vue', url: demo.urls.vue, user: 'noa' } as const
  return [
    ...signIn,
    ...(await pageSteps(demo, browser, react)),
    ...(await pageSteps(demo, browser, vue)),
    ...agentSteps(demo),
    ...revoke,
  ]
}

async function withDeadline(work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`not done after ${stepDeadlineMs} ms`)), stepDeadlineMs)
  await Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

function line(verdict: string, started: number, title: string): string {
  return `${verdict.padEnd(4)} ${seconds(started).padStart(7)}  ${title}`
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(2)} s`
}
