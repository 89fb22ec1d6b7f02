import dns from 'node:dns'
import net from 'node:net'
import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { transcript } from './support/transcript.ts'

const { loginId, password } = demoProject.users.mira
const flow = {
  id: 'asks-outside',
  start: 'login',
  nodes: {
    login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'ask' },
    ask: { kind: 'connector', connector: 'plans', endpoint: '/plan', contextKey: 'plan', next: 'done' },
    done: { kind: 'end', outcome: 'success' },
  },
} as const

/** Notes every connection and look-up of this process that leaves loopback, and lets none through. */
function guardNetwork(): string[] {
  const left: string[] = []
  const isLocal = (host: unknown) => host === undefined || /^(localhost|127\.|::1)/.test(String(host))
  const realConnect = net.Socket.prototype.connect
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...args: unknown[]) {
    const [first] = args.flat() as [{ readonly host?: string; readonly path?: string } | undefined]
    if (!isLocal(first?.host)) {
      left.push(String(first?.host))
      this.destroy(new Error('the network is guarded'))
      return this
    }
    return Reflect.apply(realConnect, this, args)
  })
  const realLookup = dns.lookup
  vi.spyOn(dns, 'lookup').mockImplementation(((host: string, ...rest: unknown[]) => {
    if (isLocal(host)) return Reflect.apply(realLookup, dns, [host, ...rest])
    left.push(host)
    const done = rest.at(-1) as (error: Error) => void
    done(new Error('the network is guarded'))
    return undefined
  }) as never)
  const realFetch = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input)
    if (isLocal(hostname)) return realFetch(input, init)
    left.push(hostname)
    return Promise.reject(new TypeError('the network is guarded'))
  })
  return left
}

describe('connections', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('stay on loopback in logins, renewals, consents, machine tokens and logouts', async () => {
    const left = guardNetwork()
    await transcript({ origin: 'https://login.acme.example' })
    const { idp, url, close } = await startMockIdp()
    await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).text()
    await (await fetch(url)).text()
    await close()
    expect(left).toEqual([])
  })

  it('stay on loopback for a connector, unless its configuration lets it out', async () => {
    const left = guardNetwork()
    const run = async (flowSettings: object) => {
      const connectors = [{ id: 'plans', name: 'Plans', baseUrl: 'https://plans.example' }]
      const idp = createMockIdp({ flows: [flow], connectors, flowSettings })
      return idp.flows.run('asks-outside', { screens: [{ input: { loginId, password } }] })
    }
    await run({})
    expect(left).toEqual([])
    await run({ allowNetwork: ['plans.example'] })
    expect(left).toEqual(['plans.example'])
  })
})
