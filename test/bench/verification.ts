/** What one verified access token costs, in units of one raw synchronous signature check, beside what others need for it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { margin, median } from './statistics.ts'
import { formatTable } from './table.ts'
import { contenders } from './verification/contenders.ts'
import { printExpressRoute } from './verification/express-route.ts'
import { createMaterials, inFlight, type Material, tokenCount } from './verification/material.ts'
import type { Readiness, VerifierOrder, VerifierRound } from './verification/verifier-process.ts'

const rounds = 31
const ways = [`${tokenCount} tokens in turn`, 'the same token again', `${inFlight} at once`]

interface Verifier {
  readonly name: string
  readonly child: ChildProcess
  readonly measured: VerifierRound[]
}

/** Measures everything in one run and prints one table for each algorithm and way of calling. */
export async function printVerification(): Promise<void> {
  const materials = await createMaterials()
  console.log(
    `Access-token verification on Node ${process.versions.node}, tokens of ${materials[0]?.tokens[0]?.length} characters (RS256).\n` +
      '1.00 is the CPU time of one raw synchronous crypto.verify of the same algorithm; lower is better.\n' +
      'CPU: all threads. main thread: the one that runs JavaScript.\n' +
      `Medians of ${rounds} rounds, each with its relative margin of error.`,
  )
  for (const material of materials) await measure(material)
  const [first] = materials
  if (first) await printExpressRoute(first)
}

async function measure(material: Material): Promise<void> {
  const verifiers: Verifier[] = []
  try {
    for (const name of Object.keys(contenders)) {
      const child = fork(new URL('./verification/verifier-process.ts', import.meta.url), { serialization: 'advanced' })
      const verifier = { name, child, measured: [] }
      const knows = await ask<Readiness>(verifier, { name, material } satisfies VerifierOrder)
      if (knows) verifiers.push(verifier)
      else child.kill()
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const verifier of verifiers) verifier.measured.push(await ask<VerifierRound>(verifier, round))
    }
    printTables(material.algorithm, verifiers)
  } finally {
    for (const { child } of verifiers) child.kill()
  }
}

/** Sends a message to a process, and waits for what it says. */
async function ask<Answer>({ name, child }: Verifier, message: object | number): Promise<Answer> {
  const end = new AbortController()
  const exit = once(child, 'exit', { signal: end.signal }).then(([code]) => {
    throw new Error(`the process of ${name} ended with ${code}`)
  })
  child.send(message)
  try {
    const [answer] = await Promise.race([once(child, 'message'), exit])
    return answer
  } finally {
    end.abort()
    // Only that it was told to wait no longer.
    exit.catch(() => undefined)
  }
}

function printTables(algorithm: string, verifiers: readonly Verifier[]): void {
  for (const [index, way] of ways.entries()) {
    const rows = verifiers.map(({ name, measured }) => {
      const columns = (['all', 'main'] as const).flatMap((kind) => {
        const ratios = measured.map(({ unit, ways: costs }) => (costs[index]?.[kind] ?? Number.NaN) / unit[kind])
        return [show(ratios), margin(ratios)]
      })
      return [name, ...columns]
    })
    console.log(`\n${formatTable([`${algorithm}, ${way}`, 'CPU', 'margin', 'main thread', 'margin'], rows)}`)
  }
}

function show(ratios: readonly number[]): string {
  return ratios.some(Number.isNaN) ? '-' : median(ratios).toFixed(2)
}
