/** The provider under the host of a request (IDP-SPEC Q-11, switch `hostAware`). */
import type { ClientApp } from './clients.ts'
import type { ResettableDirectory } from './directory.ts'
import { connectionOf } from './model/connection.ts'
import type { Runtime } from './runtime.ts'

/**
 * The runtime as a request sees it: with `hostAware` every issuer and address begins with the origin of the request.
 *
 * Records are shared, so a login that began under one host is still known under another; its tokens keep their issuer.
 */
export function runtimeAt(runtime: Runtime, request: Request): Runtime {
  const { project } = runtime
  if (!project.compat.hostAware) return runtime
  const { origin } = new URL(request.url)
  if (origin === project.origin) return runtime
  const move = <App extends ClientApp>(app: App): App => {
    const moved = { ...app, issuer: origin + app.issuer.slice(project.origin.length) }
    return { ...moved, connection: connectionOf({ id: project.id, origin }, moved) }
  }
  const moveAll = <App extends ClientApp, Config>(
    directory: ResettableDirectory<App, Config>,
  ): ResettableDirectory<App, Config> => ({
    ...directory,
    get(name) {
      const app = directory.get(name)
      return app && move(app)
    },
    list: () => directory.list().map(move),
  })
  return {
    ...runtime,
    project: { ...project, origin },
    defaultApp: move(runtime.defaultApp),
    oidcApps: moveAll(runtime.oidcApps),
    inboundApps: moveAll(runtime.inboundApps),
  }
}
