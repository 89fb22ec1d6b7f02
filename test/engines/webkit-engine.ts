import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { Builder, By, Capabilities, type WebDriver } from 'selenium-webdriver'
import { vi } from 'vitest'
import type { Engine, Profile, Tab } from './engine.ts'

/**
 * Starts WebKitGTK by its WebDriver, on a display that nobody sees. A profile is a browser of its own, and there is one
 * at a time.
 */
export async function startWebKitEngine(driverPath: string, displayPath: string): Promise<Engine> {
  const display = spawn(displayPath, ['-displayfd', '3', '-screen', '0', '1280x960x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once(display.stdio[3] as Readable, 'data')
  const port = await freePort()
  const driver = spawn(driverPath, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${`${number}`.trim()}` },
    stdio: 'ignore',
  })
  const server = `http://127.0.0.1:${port}`
  await vi.waitUntil(
    () =>
      fetch(`${server}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeout: 10_000, interval: 20 },
  )
  const openBrowser = () =>
    new Builder()
      .usingServer(server)
      .withCapabilities(new Capabilities({ browserName: 'MiniBrowser' }))
      .build()
  const first = await openBrowser()
  const version = `WebKitGTK ${(await first.getCapabilities()).getBrowserVersion()}`
  await first.quit()
  return {
    version,
    openProfile: async () => openProfile(await openBrowser()),
    async close() {
      await end(driver)
      await end(display)
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill()
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function openProfile(driver: WebDriver): Profile {
  const known = new Set<string>()
  let queue: Promise<unknown> = Promise.resolve()
  /** A driver acts on one window at a time, so the acts of several tabs wait for each other. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = queue.then(work)
    queue = turn.catch(() => {})
    return turn
  }
  const open = (handle: string) => {
    known.add(handle)
    return openTab(driver, (work) =>
      inTurn(async () => {
        await driver.switchTo().window(handle)
        return work()
      }),
    )
  }
  let first: string | undefined
  return {
    openTab: () =>
      inTurn(async () => {
        // A browser of its own comes with a window.
        if (first) await driver.switchTo().newWindow('tab')
        first ??= await driver.getWindowHandle()
        return open(await driver.getWindowHandle())
      }),
    openedTab: () =>
      inTurn(async () => {
        const handle = (await driver.getAllWindowHandles()).find((one) => !known.has(one))
        return handle === undefined ? undefined : open(handle)
      }),
    close: () => inTurn(() => driver.quit()),
  }
}

function openTab(driver: WebDriver, there: <Result>(work: () => Promise<Result>) => Promise<Result>): Tab {
  const find = (selector: string) => driver.findElement(By.css(selector))
  return {
    visit: (url) => there(() => driver.get(url)),
    reload: () => there(() => driver.navigate().refresh()),
    back: () => there(() => driver.navigate().back()),
    url: () => there(() => driver.getCurrentUrl()),
    run: (body) =>
      there(async () => {
        const [text, error] = await driver.executeAsyncScript<[string, string?]>(`
          const [done] = arguments
          const work = async () => { ${body} }
          work().then((text) => done([text]), (error) => done(['', String(error)]))`)
        if (error) throw new Error(error)
        return text
      }),
    click: (selector) => there(() => find(selector).click()),
    fill: (selector, text) => there(() => find(selector).sendKeys(text)),
    close: () => there(() => driver.close()),
  }
}
