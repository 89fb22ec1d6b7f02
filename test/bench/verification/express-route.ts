/** What a guard costs an Express route: CPU of the thread that runs JavaScript for each request, against the bare route. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { createAccessGuard } from '@countersign/express'
import express, { type RequestHandler } from 'express'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { margin, median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { auth, serveKeys } from './contenders.ts'
import { readCpu } from './cpu.ts'
import type { Material } from './material.ts'

const connections = 64
const requestsPerRound = 2000
const rounds = 15

/** Measures all guards in one run and prints one table. */
export async function printExpressRoute(material: Material): Promise<void> {
  const { algorithm, issuer, audience, jwks, publicKey } = material
  const { jwksUri, close } = await serveKeys(jwks)
  const guard = createAccessGuard({
    issuer,
    audience,
    algorithms: [algorithm],
    jwksUri,
    fetch: async () => Response.json(jwks),
  })
  const localSet = createLocalJWKSet(jwks)
  const withJose: RequestHandler = async (req, res, next) => {
    try {
      const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
      const { payload } = await jwtVerify(token, localSet, { issuer, audience, algorithms: [algorithm] })
      if (!`${payload.scope}`.split(' ').includes('contacts.read')) return void res.sendStatus(403)
      next()
    } catch {
      res.sendStatus(401)
    }
  }
  const fast = createVerifier({
    key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    cache: 2000,
  })
  const withFastJwt: RequestHandler = (req, res, next) => {
    try {
      const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
      if (!`${fast(token).scope}`.split(' ').includes('contacts.read')) return void res.sendStatus(403)
      next()
    } catch {
      res.sendStatus(401)
    }
  }
  const guards: Readonly<Record<string, RequestHandler | undefined>> = {
    'no guard, the unit': undefined,
    'ours, guard.requireScopes': guard.requireScopes('contacts.read'),
    'fast-jwt with cache, eight lines': withFastJwt,
    'jose, eight lines': withJose,
    'express-oauth2-jwt-bearer': auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm }),
  }
  const app = express()
  Object.values(guards).forEach((handler, index) => {
    app.get(`/${index}`, ...(handler ? [handler] : []), (_req, res) => void res.json({ contacts: [] }))
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const tokens = material.tokens.map((token) => token.toString('latin1'))
  const { port } = server.address() as AddressInfo
  const worker = new Worker(new URL('./load-generator.ts', import.meta.url), {
    workerData: { port, tokens, connections },
  })
  const run = async (path: string): Promise<number> => {
    const before = readCpu().main
    worker.postMessage({ path, count: requestsPerRound })
    await once(worker, 'message')
    return (readCpu().main - before) / requestsPerRound
  }
  try {
    const names = Object.keys(guards)
    for (const index of names.keys()) await run(`/${index}`)
    const costs: number[][] = names.map(() => [])
    for (let round = 0; round < rounds; round += 1) {
      for (const index of names.keys()) costs[index]?.push(await run(`/${index}`))
    }
    const rows = names.map((name, index) => {
      const ratios = (costs[index] ?? []).map((cost, round) => cost / (costs[0]?.[round] ?? Number.NaN))
      return [name, median(ratios).toFixed(2), index === 0 ? '' : margin(ratios)]
    })
    const title = `Express route, ${tokens.length} warm tokens, ${connections} connections`
    console.log(`\n${formatTable([title, 'main thread', 'margin'], rows)}`)
  } finally {
    await worker.terminate()
    server.close()
    server.closeAllConnections()
    close()
  }
}
