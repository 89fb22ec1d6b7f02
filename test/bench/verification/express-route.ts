/** What a guard costs an Express route: CPU of the thread that runs JavaScript for each request, against the bare route. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { margin, median } from '../statistics.ts'
import { formatTable } from '../table.ts'
import { serveKeys } from './contenders.ts'
import { type GuardMaterial, guards } from './express-guards.ts'
import type { GuardOrder } from './express-server.ts'
import type { Material } from './material.ts'

const connections = 64
const rounds = 31

/** Measures the guards one after the other and prints one table. */
export async function printExpressRoute({ algorithm, issuer, audience, jwks, jwk, tokens }: Material): Promise<void> {
  const { jwksUri, close } = await serveKeys(jwks)
  const material: GuardMaterial = { algorithm, issuer, audience, jwks, jwk, jwksUri }
  const texts = tokens.map((token) => token.toString('latin1'))
  try {
    const rows: string[][] = []
    for (const name of Object.keys(guards)) {
      const ratios = await measureGuard({ name, material, tokens: texts, connections, rounds })
      rows.push([name, median(ratios).toFixed(2), margin(ratios)])
    }
    const title = `Express route, ${texts.length} warm tokens, ${connections} connections; 1.00 is the route without guard`
    console.log(`\n${formatTable([title, 'main thread', 'margin'], rows)}`)
  } finally {
    close()
  }
}

/** One ratio a round, from a process that has nothing else to do and to collect. */
async function measureGuard(order: GuardOrder): Promise<number[]> {
  const server = fork(new URL('./express-server.ts', import.meta.url))
  server.send(order)
  const [answer] = await Promise.race([once(server, 'message'), once(server, 'exit')])
  if (!Array.isArray(answer)) throw new Error(`the server of ${order.name} ended with ${answer}`)
  return answer
}
