/** What one verified access token costs, in units of one raw synchronous signature check, beside what others need for it. */
import { verify } from 'node:crypto'
import { margin, median } from './statistics.ts'
import { formatTable } from './table.ts'
import { type Contender, checkVerdicts, createContenders } from './verification/contenders.ts'
import { type CpuTime, measureCpu, type Work } from './verification/cpu.ts'
import { printExpressRoute } from './verification/express-route.ts'
import { createMaterials, type Material, tokenCount } from './verification/material.ts'

const inFlight = 64
/** Short rounds, in each of which every contender runs beside the unit: what else the machine does then meets all of them. */
const rounds = 15
const roundTimeMs = 30
const warmupTimeMs = 200

/** One contender in one way of calling it. */
interface Case extends Work {
  readonly group: string
  readonly name: string
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
  const { contenders, close } = await createContenders(material)
  try {
    for (const contender of contenders) await checkVerdicts(contender, material)
    const cases = listCases(material, contenders)
    for (const one of cases) await measureCpu(one, warmupTimeMs)
    const measured: Map<Case, CpuTime>[] = []
    for (let round = 0; round < rounds; round += 1) measured.push(await runRound(cases))
    printTables(cases, measured)
  } finally {
    close()
  }
}

function listCases({ algorithm, raw, publicKey, tokens }: Material, contenders: readonly Contender[]): Case[] {
  let turn = 0
  const next = (): string => tokens[turn++ % tokens.length]?.toString('latin1') ?? ''
  const first = (): string => tokens[0]?.toString('latin1') ?? ''
  const ways: readonly (readonly [way: string, size: number, of: (one: Contender) => () => unknown])[] = [
    [`${tokenCount} tokens in turn`, 1, (one) => () => one.verify(next())],
    ['the same token again', 1, (one) => () => one.verify(first())],
    [
      `${inFlight} at once`,
      inFlight,
      (one) => () => Promise.all(Array.from({ length: inFlight }, async () => one.verify(next()))),
    ],
  ]
  const unit: Case = {
    group: `${algorithm}, ${ways[0]?.[0]}`,
    name: 'crypto.verify, the unit',
    size: 1,
    run: () => verify(raw.hash, raw.data, publicKey, raw.signature),
  }
  return [
    unit,
    ...ways.flatMap(([way, size, of]) =>
      contenders.map((one) => ({ group: `${algorithm}, ${way}`, name: one.name, size, run: of(one) })),
    ),
  ]
}

async function runRound(cases: readonly Case[]): Promise<Map<Case, CpuTime>> {
  const costs = new Map<Case, CpuTime>()
  for (const one of cases) costs.set(one, await measureCpu(one, roundTimeMs))
  return costs
}

function printTables(cases: readonly Case[], measured: readonly Map<Case, CpuTime>[]): void {
  const [unit] = cases
  for (const group of new Set(cases.map((one) => one.group))) {
    const rows = cases
      .filter((one) => one.group === group)
      .map((one) => {
        const columns = (['all', 'main'] as const).flatMap((kind) => {
          const ratios = measured.map((costs) => ratio(costs.get(one)?.[kind], unit && costs.get(unit)?.[kind]))
          return [show(ratios), one === unit ? '' : margin(ratios)]
        })
        return [one.name, ...columns]
      })
    console.log(`\n${formatTable([group, 'CPU', 'margin', 'main thread', 'margin'], rows)}`)
  }
}

function ratio(one = Number.NaN, unit = Number.NaN): number {
  return one / unit
}

function show(ratios: readonly number[]): string {
  return ratios.some(Number.isNaN) ? '-' : median(ratios).toFixed(2)
}
