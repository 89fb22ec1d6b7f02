import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import { fixedIdp } from '../support/relying-party.ts'
import { selfSigned } from '../support/self-signed.ts'

/** A service whose certificate nobody has signed. */
async function selfSignedService(listener: RequestListener): Promise<string> {
  const server = createServer(selfSigned, listener)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `localhost:${(server.address() as AddressInfo).port}`
}

/** Calls a service once with what a test call of the management console sends. */
function callOf(host: string, insecure: boolean, method = 'POST', allowNetwork = [host]) {
  const idp = fixedIdp({
    connectors: [{ id: 'api', name: 'The API', baseUrl: `https://${host}/`, insecure }],
    flowSettings: { allowNetwork },
    flows: [
      {
        id: 'call',
        start: 'call',
        nodes: {
          call: {
            kind: 'connector',
            connector: 'api',
            method: method as 'POST',
            endpoint: 'echo',
            body: { name: 'Mira' },
            contextKey: 'reply',
            timeoutSeconds: 1,
            next: 'done',
            onError: { mode: 'custom', next: 'failed' },
          },
          failed: { kind: 'end', outcome: 'success', output: { error: { dynamic: 'errors.call' } } },
          done: { kind: 'end', outcome: 'success', output: { reply: { dynamic: 'connectors.reply' } } },
        },
      },
    ],
  })
  return idp.flows.run('call')
}

it('trusts a certificate that nobody has signed, with insecure (S-011)', async () => {
  const host = await selfSignedService(async (request, response) => {
    const body = await text(request)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ method: request.method, body }))
  })
  const { output } = await callOf(host, true)
  expect(output).toEqual({ reply: { method: 'POST', body: '{"name":"Mira"}' } })
})

it('refuses such a certificate without it', async () => {
  const asked = vi.fn()
  const host = await selfSignedService(asked)
  const { output } = await callOf(host, false)
  expect(output).toMatchObject({ error: { code: 'ConnectorNetwork' } })
  expect(asked).not.toHaveBeenCalled()
})

it('keeps to the list of hosts and to the timeout with it', async () => {
  const host = await selfSignedService(() => {})
  expect((await callOf(host, true, 'POST', [])).output).toMatchObject({ error: { code: 'ConnectorNetwork' } })
  expect((await callOf(host, true)).output).toMatchObject({ error: { code: 'ConnectorTimeout' } })
})

it('takes an answer without a body, and errors of the service, with it', async () => {
  const host = await selfSignedService((request, response) => {
    response.writeHead(request.method === 'DELETE' ? 204 : 500).end()
  })
  expect((await callOf(host, true, 'DELETE')).output).toEqual({ reply: {} })
  expect((await callOf(host, true)).output).toMatchObject({ error: { code: 'ConnectorHttpStatus' } })
})

it('is a network error where there is no Node', async () => {
  const getBuiltinModule = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  onTestFinished(() => getBuiltinModule.mockRestore())
  const { output } = await callOf('localhost:1', true)
  expect(output).toMatchObject({ error: { code: 'ConnectorNetwork', message: expect.stringContaining('needs Node') } })
})
