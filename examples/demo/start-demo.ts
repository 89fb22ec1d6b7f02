import { fileURLToPath } from 'node:url'
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { type AgentReport, runAgent } from '@countersign-example/agent'
import { startApi } from '@countersign-example/express-api'
import { createServer, type ViteDevServer } from 'vite'
import { findPort } from './ports.ts'

/** The parts of the demo, and the ports they like best. */
const preferredPorts = { idp: 4455, api: 4460, react: 4461, vue: 4462 }
type Part = keyof typeof preferredPorts

/** A demo that runs. */
export interface Demo {
  readonly idp: MockIdp
  readonly urls: Readonly<Record<Part, string>>
  /** Runs the agent once. */
  runAgent(): Promise<AgentReport>
  /** Stops everything. */
  stop(): Promise<void>
}

/** Options of {@link startDemo}. */
export interface DemoOptions {
  /** For the check: takes any free ports, and pages do not load again when a file changes. Default false. */
  readonly isolated?: boolean
  /** Gets one line per thing worth telling. */
  readonly say: (line: string) => void
}

/** Starts the mock identity provider, the API and both single-page apps, all on `localhost`. */
export async function startDemo({ isolated = false, say }: DemoOptions): Promise<Demo> {
  const ports = { idp: 0, api: 0, react: 0, vue: 0 }
  for (const part of Object.keys(preferredPorts) as Part[]) {
    const preferred = preferredPorts[part]
    ports[part] = await findPort(isolated ? 0 : preferred)
    if (!isolated && ports[part] !== preferred) say(`Port ${preferred} is taken, so the demo uses ${ports[part]}.`)
  }
  const address = (part: Part) => `http://localhost:${ports[part]}`
  const urls = { idp: address('idp'), api: address('api'), react: address('react'), vue: address('vue') }

  say('Starting the mock identity provider, the API and two single-page apps ...')
  // Vite hands variables with this prefix to the pages; they stand before those of the .env files.
  process.env.VITE_IDP_URL = urls.idp
  process.env.VITE_API_URL = urls.api
  const { projectId, agent } = demoProject
  const project = { projectId, baseUrl: urls.idp }
  const [{ idp, ...idpServer }, api, react, vue] = await Promise.all([
    startMockIdp({ port: ports.idp }),
    startApi({ ...project, origins: [urls.react, urls.vue], port: ports.api }),
    startPage('react-spa', ports.react, isolated),
    startPage('vue-spa', ports.vue, isolated),
  ])
  return {
    idp,
    urls,
    runAgent: () =>
      runAgent({ ...project, clientId: agent.clientId, clientSecret: agent.clientSecret, apiUrl: urls.api }),
    async stop() {
      await Promise.all([idpServer.close(), api.close(), react.close(), vue.close()])
    },
  }
}

async function startPage(folder: string, port: number, isolated: boolean): Promise<ViteDevServer> {
  const server = await createServer({
    root: fileURLToPath(new URL(`../${folder}`, import.meta.url)),
    configLoader: 'native',
    logLevel: 'warn',
    clearScreen: false,
    server: { host: 'localhost', port, strictPort: true, ...(isolated && { hmr: false, watch: null }) },
  })
  return server.listen()
}
