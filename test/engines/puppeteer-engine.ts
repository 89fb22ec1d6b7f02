import puppeteer, { type BrowserContext, type LaunchOptions, type Page } from 'puppeteer-core'
import type { Engine, Profile, Tab } from './engine.ts'

/** What the driver would change about a browser, and users do not: pop-up blocker, back-forward cache, cookies. */
const asUsersHaveIt: Record<'chrome' | 'firefox', LaunchOptions> = {
  chrome: {
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    ignoreDefaultArgs: ['--disable-popup-blocking', '--disable-back-forward-cache'],
  },
  firefox: {
    extraPrefsFirefox: {
      'dom.disable_open_during_load': true,
      // Total Cookie Protection: what is kept on another site is kept apart.
      'network.cookie.cookieBehavior': 5,
    },
  },
}

/** Starts Chromium by the DevTools protocol, or Firefox by WebDriver BiDi. */
export async function startPuppeteerEngine(browser: 'chrome' | 'firefox', executablePath: string): Promise<Engine> {
  const running = await puppeteer.launch({ browser, executablePath, headless: true, ...asUsersHaveIt[browser] })
  return {
    version: (await running.version()).replace('/', ' '),
    openProfile: async () => openProfile(await running.createBrowserContext()),
    close: () => running.close(),
  }
}

function openProfile(context: BrowserContext): Profile {
  const known = new Set<Page>()
  return {
    async openTab() {
      const page = await context.newPage()
      known.add(page)
      return openTab(page)
    },
    async openedTab() {
      const opened = (await context.pages()).find((page) => !known.has(page))
      if (!opened) return undefined
      known.add(opened)
      return openTab(opened)
    },
    close: () => context.close(),
  }
}

function openTab(page: Page): Tab {
  return {
    visit: async (url) => void (await page.goto(url, { waitUntil: 'domcontentloaded' })),
    reload: async () => void (await page.reload({ waitUntil: 'domcontentloaded' })),
    back: async () => void (await page.evaluate('setTimeout(() => history.back())')),
    url: async () => page.url(),
    run: (body) => page.evaluate(`(async () => { ${body} })()`) as Promise<string>,
    async click(selector) {
      // A page that nobody sees paints nothing, and so never counts as ready for a click.
      await page.bringToFront()
      await page.locator(selector).click()
    },
    fill: (selector, text) => page.locator(selector).fill(text),
    close: () => page.close(),
  }
}
