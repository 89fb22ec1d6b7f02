/** The authorization-server scenarios of the Model Context Protocol's own conformance suite. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { demoProject, type MockIdpConfig } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { describe, expect, test } from 'vitest'

const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')
const suite = join(dirname(manifest), 'dist/index.js')

/** A port that was free a moment ago: the suite cannot take any. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs all scenarios; `signIn` is given the URL that the suite asks a person to open. */
function runSuite(args: readonly string[], signIn: (url: string) => Promise<void>) {
  const child = spawn(process.execPath, [suite, 'authorization', ...args], { env: { ...process.env, NO_COLOR: '1' } })
  let output = ''
  const opened = new Set<string>()
  child.stdout.on('data', (chunk) => {
    output += chunk
    const url = /^https?:\/\/\S+response_type=code\S+(?=\n)/m.exec(output)?.[0]
    if (url === undefined || opened.has(url)) return
    opened.add(url)
    signIn(url).catch((error) => {
      output += String(error)
      child.kill()
    })
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  )
}

/** A way to configure the mock for a redirect URI, and the client and issuer that the suite is told. */
interface Profile {
  readonly name: string
  readonly clientId: string
  readonly issuer: 'issuer' | 'inboundIssuer'
  readonly config: (redirectUri: string) => MockIdpConfig
}

const profiles: readonly Profile[] = [
  {
    name: 'the standard profile',
    clientId: 'mcp-client',
    issuer: 'issuer',
    config: (redirectUri) => ({
      profile: 'standard',
      clients: [
        {
          client_id: 'mcp-client',
          token_endpoint_auth_method: 'none',
          redirect_uris: [redirectUri],
          application_type: 'native',
        },
      ],
    }),
  },
  {
    name: 'an inbound application of the Descope-like profile',
    clientId: demoProject.spa.clientId,
    issuer: 'inboundIssuer',
    config: () => ({ compat: { metadataProfile: 'modern' } }),
  },
]

describe('the authorization-server scenarios of MCP', () => {
  test.each(profiles)('pass for $name', { timeout: 30_000 }, async ({ config, clientId, issuer }) => {
    const port = await freePort()
    const { idp, close } = await startMockIdp(config(`http://127.0.0.1:${port}/callback`))
    const args = ['--url', idp[issuer], '--client-id', clientId, '--port', String(port)]
    const { code, output } = await runSuite(args, async (url) => {
      const callback = await idp.driver.login(url, { user: demoProject.users.mira.loginId })
      await (await fetch(callback)).text()
    })
    await close()
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('authorization-code-grant') })
  })
})
