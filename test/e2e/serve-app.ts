import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright'
import type { AppPage, PageOptions } from './app/page.ts'

/** An app on a server of its own. */
export interface ServedApp {
  readonly origin: string
  /** Paths of the pages that were asked for, in order. */
  readonly visits: string[]
  close(): Promise<void>
}

/** How an app is served. */
export interface ServedAppOptions {
  /** Options of its client. */
  readonly client: Partial<PageOptions>
  /** Gives the Content-Security-Policy for a nonce. Default: none. */
  readonly policy?: (nonce: string) => string
  /** Further headers of a page. Default: none. */
  readonly headers?: (path: string) => Readonly<Record<string, string>>
}

let bundle: Promise<string> | undefined

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app/page.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@countersign/source'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Serves the same page at every path, as hosts of single-page apps do. */
export async function serveApp({ client, policy, headers }: ServedAppOptions): Promise<ServedApp> {
  bundle ??= bundlePage()
  const script = await bundle
  const visits: string[] = []
  const options = JSON.stringify(client).replaceAll('"', '&quot;')
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/app.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
      return
    }
    visits.push(pathname)
    const nonce = crypto.randomUUID()
    response.setHeader('content-type', 'text/html; charset=utf-8')
    for (const [name, value] of Object.entries(headers?.(pathname) ?? {})) response.setHeader(name, value)
    if (policy) response.setHeader('content-security-policy', policy(nonce))
    response.end(`<!doctype html>
<html lang="en">
  <head>
    <title>App</title>
    <link rel="icon" href="data:,">
    <meta name="options" content="${options}">
    <script type="module" nonce="${nonce}" src="/app.js"></script>
  </head>
  <body>
    <button id="login">Sign in</button>
    <button id="logout">Sign out</button>
    <button id="popup">Sign in in a window</button>
    <a id="copy" href="/copy" target="_blank" rel="opener">The same in another tab</a>
  </body>
</html>`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    visits,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Resolves once the client of a page has a status. */
export async function whenStatus(page: Page, status: string): Promise<void> {
  await page.locator(`body[data-status=${status}]`).waitFor()
}

/** Runs a function with what the page offers. */
export function inApp<Result>(page: Page, work: (app: AppPage) => Result | Promise<Result>): Promise<Result> {
  return page.evaluate(`(${work})(window.app)`) as Promise<Result>
}
