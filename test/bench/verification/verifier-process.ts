/**
 * One verifier in a process of its own, so that it pays for nothing that another one leaves behind. It sets up what the first
 * message says, and measures a round with each further one.
 */
import { createPublicKey, verify } from 'node:crypto'
import { contenders, type Verify } from './contenders.ts'
import { type CpuTime, measureCpu, type Work } from './cpu.ts'
import { inFlight, type Material } from './material.ts'

/** What a process has to measure. */
export interface VerifierOrder {
  readonly name: string
  readonly material: Material
}

/** What a process says when it is ready: whether the verifier knows the algorithm. */
export type Readiness = boolean

/** What one token costs in a round: the unit, and each way of calling the verifier. */
export interface VerifierRound {
  readonly unit: CpuTime
  readonly ways: readonly CpuTime[]
}

/** Short rounds, in each of which every verifier has its turn: what else the machine does then meets all of them. */
const roundTimeMs = 30
const warmupTimeMs = 300

/** Whoever takes a forged token or refuses a good one is not worth measuring. */
async function checkVerdicts(name: string, verifyToken: Verify, { tokens }: Material): Promise<void> {
  const good = tokens[0]?.toString('latin1') ?? ''
  await verifyToken(good)
  const [header, payload] = good.split('.')
  const foreign = tokens[1]?.toString('latin1').split('.')[2]
  const refused = await Promise.resolve()
    .then(() => verifyToken(`${header}.${payload}.${foreign}`))
    .then(
      () => false,
      () => true,
    )
  if (!refused) throw new Error(`${name} takes a token with the signature of another one`)
}

function listWays(verifyToken: Verify, { tokens }: Material): readonly Work[] {
  let turn = 0
  const next = (): string => tokens[turn++ % tokens.length]?.toString('latin1') ?? ''
  const first = (): string => tokens[0]?.toString('latin1') ?? ''
  return [
    { size: 1, run: () => verifyToken(next()) },
    { size: 1, run: () => verifyToken(first()) },
    {
      size: inFlight,
      run: () => Promise.all(Array.from({ length: inFlight }, async () => verifyToken(next()))),
    },
  ]
}

async function serve({ name, material }: VerifierOrder): Promise<void> {
  const verifyToken = await contenders[name]?.(material)
  if (!verifyToken) return void process.send?.(false satisfies Readiness)
  await checkVerdicts(name, verifyToken, material)
  const { raw, jwk } = material
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const unit: Work = { size: 1, run: () => verify(raw.hash, raw.data, key, raw.signature) }
  const ways = listWays(verifyToken, material)
  for (const work of [unit, ...ways]) await measureCpu(work, warmupTimeMs)
  process.on('message', async () => {
    const round: { unit: CpuTime; ways: CpuTime[] } = { unit: await measureCpu(unit, roundTimeMs), ways: [] }
    for (const way of ways) round.ways.push(await measureCpu(way, roundTimeMs))
    process.send?.(round satisfies VerifierRound)
  })
  process.send?.(true satisfies Readiness)
}

process.once('message', serve)
