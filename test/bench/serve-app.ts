/** Serves the app of a library at every path of an origin of its own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { App, Settings } from './apps/app.ts'

declare global {
  interface Window {
    /** The open app; there once the page has taken what the provider answered. */
    app: App
  }
}

/** A served app. */
export interface ServedApp {
  readonly origin: string
  close(): void
}

/** @param file - Name of the app's file in `apps/`. */
export async function serveApp(file: string, provider: Pick<Settings, 'issuer' | 'clientId'>): Promise<ServedApp> {
  const settings = {
    ...provider,
    redirectUri: `:origin/callback`,
    postLogoutRedirectUri: ':origin/signed-out',
    scope: 'openid profile email',
  } satisfies Settings
  const code = `import { openApp } from './${file}'
    const settings = JSON.parse('${JSON.stringify(settings)}'.replaceAll(':origin', location.origin))
    window.app = await openApp(settings)`
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('apps/', import.meta.url)), loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@countersign/source'],
    write: false,
  })
  const script = outputFiles[0]?.text ?? ''
  const server = createServer(({ url }, response) => {
    if (url === '/app.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end(
        '<!doctype html><title>App</title><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>',
      )
    }
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
