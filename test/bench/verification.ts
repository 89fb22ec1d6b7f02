/** What one verified access token costs, against plain jose, in units of one raw synchronous signature check. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { createAccessTokenVerifier } from '@countersign/core/api'
import { createMockIdp, demoProject } from '@countersign/mock-idp'
import {
  type CryptoKey,
  createLocalJWKSet,
  decodeJwt,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { Bench } from 'tinybench'
import { margin, median } from './statistics.ts'
import { formatTable } from './table.ts'

const algorithms = ['RS256', 'ES256'] as const
type Algorithm = (typeof algorithms)[number]

const tokenCount = 512
const inFlight = 64
/** Short rounds, in each of which every contender runs beside the unit: what else the machine does then meets all of them. */
const rounds = 15
const roundTimeMs = 36
const warmupTimeMs = 200

/** Tokens of one algorithm, and what is needed to verify them. */
interface Material {
  readonly algorithm: Algorithm
  readonly issuer: string
  readonly audience: string
  readonly jwks: JSONWebKeySet
  readonly jwk: JWK
  /** Bytes, because a string that is used again keeps what the engine has computed of it: HTTP gives a new one each time. */
  readonly tokens: readonly Buffer[]
  readonly raw: { readonly key: KeyObject; readonly data: Buffer; readonly signature: Buffer }
}

type Verify = (token: string) => Promise<unknown>
type Contenders = readonly (readonly [name: string, verify: Verify])[]

/** Measures everything in one run and prints one table for each algorithm. */
export async function printVerification(): Promise<void> {
  const materials = [await rs256Material(), await es256Material()]
  const length = materials[0]?.tokens[0]?.length
  console.log(
    `Access-token verification on Node ${process.versions.node}, tokens of ${length} characters (RS256).\n` +
      '1.00 is one raw synchronous crypto.verify of the same algorithm; lower is better.\n' +
      'time: wall clock for each token. main thread: CPU of the thread that runs JavaScript, for each token.\n' +
      `Medians of ${rounds} rounds, each with its relative margin of error; "/ jose" is against jose with createLocalJWKSet.`,
  )
  for (const material of materials) await measure(material)
}

/** One contender in one way of calling it. */
interface Case {
  readonly group: string
  readonly name: string
  /** Tokens that one run verifies. */
  readonly size: number
  readonly run: () => unknown
}

/** Milliseconds for each token. */
interface Cost {
  readonly time: number
  readonly mainThread: number
}

const unit = 'crypto.verify, the unit'
const plainJose = 'jose, createLocalJWKSet'

async function measure(material: Material): Promise<void> {
  const contenders = await createContenders(material)
  for (const [name, verifyToken] of contenders) await checkVerdicts(name, verifyToken, material)
  const cases = listCases(material, contenders)
  await runRound(cases, warmupTimeMs)
  const measured: Map<Case, Cost>[] = []
  for (let round = 0; round < rounds; round++) measured.push(await runRound(cases, roundTimeMs))

  const find = (group: string, name: string): Case | undefined =>
    cases.find((one) => one.group === group && one.name === name)
  const [base] = cases
  for (const group of new Set(cases.map((one) => one.group))) {
    const rows = cases
      .filter((one) => one.group === group)
      .map((one) => {
        const jose = find(group, plainJose)
        const columns = (['time', 'mainThread'] as const).flatMap((kind) => {
          const values = compare(measured, kind, one, base)
          return one === base
            ? [ratio(values), '', '']
            : [ratio(values), margin(values), ratio(compare(measured, kind, one, jose))]
        })
        return [one.name, ...columns]
      })
    console.log(`\n${formatTable([group, 'time', 'margin', '/ jose', 'main thread', 'margin', '/ jose'], rows)}`)
  }
}

function listCases({ algorithm, raw, tokens }: Material, contenders: Contenders): Case[] {
  let turn = 0
  const next = (): string => tokens[turn++ % tokens.length]?.toString('latin1') ?? ''
  const first = (): string => tokens[0]?.toString('latin1') ?? ''
  const distinct = `${algorithm}, ${tokenCount} tokens in turn`
  return [
    { group: distinct, name: unit, size: 1, run: () => verify('sha256', raw.data, raw.key, raw.signature) },
    ...contenders.map(([name, verifyToken]) => ({ group: distinct, name, size: 1, run: () => verifyToken(next()) })),
    ...contenders.map(([name, verifyToken]) => ({
      group: `${algorithm}, the same token again`,
      name,
      size: 1,
      run: () => verifyToken(first()),
    })),
    ...contenders.map(([name, verifyToken]) => ({
      group: `${algorithm}, ${inFlight} in flight`,
      name,
      size: inFlight,
      run: () => Promise.all(Array.from({ length: inFlight }, () => verifyToken(next()))),
    })),
  ]
}

async function runRound(cases: readonly Case[], time: number): Promise<Map<Case, Cost>> {
  const bench = new Bench({ time, iterations: 1, warmup: false, throws: true })
  const used = new Map<Case, number>()
  cases.forEach((one, index) => {
    bench.add(`${index}`, one.run, {
      beforeAll: () => void used.set(one, -mainThreadMs()),
      afterAll: () => void used.set(one, (used.get(one) ?? 0) + mainThreadMs()),
    })
  })
  await bench.run()
  return new Map(
    cases.map((one, index) => {
      const task = bench.tasks[index]
      if (task?.result.state !== 'completed') throw new Error(`${one.group}, ${one.name}: ${task?.result.state}`)
      const mainThread = (used.get(one) ?? Number.NaN) / task.runs / one.size
      return [one, { time: task.result.latency.mean / one.size, mainThread }]
    }),
  )
}

/** One cost in units of another, round by round. */
function compare(measured: readonly Map<Case, Cost>[], kind: keyof Cost, one: Case, base: Case | undefined): number[] {
  return measured.map((costs) => {
    const [own, unitCost] = [costs.get(one), base && costs.get(base)]
    return own && unitCost ? own[kind] / unitCost[kind] : Number.NaN
  })
}

function ratio(values: readonly number[]): string {
  return values.some(Number.isNaN) ? '-' : median(values).toFixed(2)
}

/** Not there on older Node. */
function mainThreadMs(): number {
  if (!('threadCpuUsage' in process)) return Number.NaN
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function createContenders({ algorithm, issuer, audience, jwks, jwk }: Material): Promise<Contenders> {
  const verifier = createAccessTokenVerifier({
    issuer,
    audience,
    algorithms: [algorithm],
    jwksUri: `${new URL(issuer).origin}/jwks.json`,
    fetch: async () => Response.json(jwks),
  })
  const options = { issuer, audience, algorithms: [algorithm] }
  const localSet = createLocalJWKSet(jwks)
  const cryptoKey = (await importJWK(jwk, algorithm)) as CryptoKey
  const keyObject = createPublicKey({ key: jwk, format: 'jwk' })
  return [
    ['createAccessTokenVerifier', (token) => verifier.verify(token)],
    [plainJose, (token) => jwtVerify(token, localSet, options)],
    ['jose, CryptoKey', (token) => jwtVerify(token, cryptoKey, options)],
    ['jose, KeyObject', (token) => jwtVerify(token, keyObject, options)],
  ]
}

/** Whoever takes a forged token or refuses a good one is not worth measuring. */
async function checkVerdicts(name: string, verifyToken: Verify, { tokens }: Material): Promise<void> {
  const good = tokens[0]?.toString('latin1') ?? ''
  await verifyToken(good)
  const [header, payload] = good.split('.')
  const foreign = tokens[1]?.toString('latin1').split('.')[2]
  const refused = await verifyToken(`${header}.${payload}.${foreign}`).then(
    () => false,
    () => true,
  )
  if (!refused) throw new Error(`${name} takes a token with the signature of another one`)
}

/** Tokens as the mock signs them. */
async function rs256Material(): Promise<Material> {
  const idp = createMockIdp()
  const answer = await idp.fetch(new Request(`${idp.origin}/${idp.projectId}/.well-known/jwks.json`))
  const jwks: JSONWebKeySet = await answer.json()
  const [jwk] = jwks.keys
  if (!jwk) throw new Error('the mock publishes no key')
  const { clientId, scopes } = demoProject.spa
  const tokens = await Promise.all(
    Array.from({ length: tokenCount }, (_, index) =>
      idp.tokens.accessToken({
        user: demoProject.users.mira.loginId,
        client: clientId,
        scope: scopes.join(' '),
        claims: { jti: `token-${index}` },
        expiresInSeconds: 3600,
      }),
    ),
  )
  const { data, signature } = splitToken(tokens[0])
  return {
    algorithm: 'RS256',
    issuer: idp.inboundIssuer,
    audience: idp.projectId,
    jwks,
    jwk,
    tokens: tokens.map((token) => Buffer.from(token)),
    raw: { key: createPublicKey({ key: jwk, format: 'jwk' }), data, signature },
  }
}

/** The same claims, signed with an elliptic curve, which the mock does not do. */
async function es256Material(): Promise<Material> {
  const { issuer, audience, tokens } = await rs256Material()
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk: JWK = { ...publicKey.export({ format: 'jwk' }), kid: 'p-256', alg: 'ES256', use: 'sig' }
  const signed = await Promise.all(
    tokens.map((token) =>
      new SignJWT(decodeJwt(token.toString('latin1')))
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'p-256' })
        .sign(privateKey),
    ),
  )
  const { data } = splitToken(signed[0])
  return {
    algorithm: 'ES256',
    issuer,
    audience,
    jwks: { keys: [jwk] },
    jwk,
    tokens: signed.map((token) => Buffer.from(token)),
    // As DER, the form that needs no conversion.
    raw: { key: publicKey, data, signature: sign('sha256', data, privateKey) },
  }
}

function splitToken(token = ''): { data: Buffer; signature: Buffer } {
  const end = token.lastIndexOf('.')
  return { data: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), 'base64url') }
}
