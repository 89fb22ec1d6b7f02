/** The mock IdP beside oidc-provider and oauth2-mock-server: start, code flows, grants and memory in one run. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { candidates } from './mock-idp/candidates.ts'
import { measureMemory } from './mock-idp/memory.ts'
import { startServer } from './mock-idp/server-process.ts'
import { timeStart } from './mock-idp/start.ts'
import { runRound, signaturesOf, works } from './mock-idp/throughput.ts'
import { margin, median } from './statistics.ts'
import { formatTable } from './table.ts'

const rounds = 15
const names = candidates.map(({ name }) => name)

/** One figure of every candidate, round by round. */
interface Row {
  readonly name: string
  readonly samples: readonly (readonly number[])[]
  readonly digits: number
}

/** Measures everything and prints it. */
export async function printMockIdp(): Promise<void> {
  build()
  console.log(
    `The mock IdP beside its peers on Node ${process.versions.node}, over loopback, RS256 with 2048 bits for all.\n` +
      `Medians of ${rounds} rounds, in each of which every provider has its turn. "a / b" is the median of the ratios\n` +
      'of the rounds, with its relative margin of error. CPU is that of all threads of the provider.',
  )
  await printStart()
  await printThroughput()
  await printMemory()
}

/** What is measured is what is published, so it is built first. */
function build(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { status } = spawnSync(process.execPath, ['scripts/check.mjs', 'build'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error('the packages do not build: run `npm run build`')
}

async function printStart(): Promise<void> {
  const samples: { readonly time: number; readonly cpu: number }[][] = []
  for (let round = -1; round < rounds; round++) {
    const starts: { readonly time: number; readonly cpu: number }[] = []
    for (const candidate of candidates) starts.push(await timeStart(candidate))
    // The first round fills the caches of the file system.
    if (round >= 0) samples.push(starts)
  }
  print('start to first answer, ms (lower is better)', [
    { name: 'time', samples: samples.map((round) => round.map(({ time }) => time)), digits: 0 },
    { name: 'CPU', samples: samples.map((round) => round.map(({ cpu }) => cpu)), digits: 0 },
  ])
}

async function printThroughput(): Promise<void> {
  const servers = await Promise.all(candidates.map(startServer))
  const pairs = candidates.flatMap((candidate, index) => {
    const server = servers[index]
    return server ? [{ candidate, server }] : []
  })
  const signatures = await Promise.all(
    pairs.map(({ candidate, server }) => signaturesOf({ candidate, url: server.url })),
  )
  const measured = works.map(({ name }) => ({ name, rates: [] as number[][], costs: [] as number[][] }))
  for (let round = -1; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const results: Awaited<ReturnType<typeof runRound>>[] = []
      for (const { candidate, server } of pairs) results.push(await runRound(work, candidate, server))
      // In the first round the engines compile.
      if (round < 0) continue
      measured[index]?.rates.push(results.map(({ rate }) => rate))
      measured[index]?.costs.push(results.map(({ cpu }) => cpu))
    }
  }
  print(
    'per second (higher is better)',
    measured.map(({ name, rates }) => ({ name, samples: rates, digits: 0 })),
  )
  print(
    'ms of CPU for each (lower is better)',
    measured.map(({ name, costs }) => ({ name, samples: costs, digits: 2 })),
  )
  const counts = (index: number): string => signatures.map((one) => one[index]).join(', ')
  console.log(
    `\nSigned tokens in an answer, in the order of the columns: login ${counts(0)}; refresh ${counts(1)}; machine ${counts(2)}.`,
  )
  for (const { name, note } of works) if (note !== undefined) console.log(`${name}: ${note}.`)
  for (const server of servers) await server.stop()
}

/** Each of ours with each of the others, as places in the list of candidates. */
const duels = candidates.flatMap(({ isOurs }, own) =>
  candidates.flatMap((peer, other) => (isOurs && !peer.isOurs ? [{ own, other }] : [])),
)

/** Every candidate's median, then each of ours against each of the others. */
function print(title: string, rows: readonly Row[]): void {
  const head = [title, ...names, ...duels.flatMap(({ own, other }) => [`${names[own]} / ${names[other]}`, 'margin'])]
  const lines = rows.map(({ name, samples, digits }) => {
    const ratios = duels.map(({ own, other }) => samples.map((one) => (one[own] ?? 0) / (one[other] ?? 0)))
    return [
      name,
      ...names.map((_, index) => median(samples.map((one) => one[index] ?? Number.NaN)).toFixed(digits)),
      ...ratios.flatMap((values) => [median(values).toFixed(2), margin(values)]),
    ]
  })
  console.log(`\n${formatTable(head, lines)}`)
}

async function printMemory(): Promise<void> {
  const rows: string[][] = []
  for (const candidate of candidates) {
    const report = await measureMemory(candidate, candidate.isOurs)
    const { heapBase, heapAfter, heapExpired, rssBase, rssAfter } = report
    rows.push([
      candidate.name,
      ...[heapBase, heapAfter, heapAfter - heapBase].map((value) => value.toFixed(1)),
      heapExpired?.toFixed(1) ?? '-',
      ...[rssBase, rssAfter].map((value) => value.toFixed(0)),
    ])
  }
  const head = ['10,000 logins, MiB', 'heap before', 'heap after', 'growth', 'when expired', 'RSS before', 'RSS after']
  console.log(`\n${formatTable(head, rows)}`)
}
