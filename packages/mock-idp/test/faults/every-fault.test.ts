import type { FaultInfo, FaultName, FaultOptionsByName } from '@countersign/mock-idp'
import { expect, it } from 'vitest'
import { openStandardStage } from '../support/standard-stimuli.ts'
import { openStage, type Stage, type Stimulus } from '../support/stimuli.ts'

/** Options for the faults that change nothing without any. */
const sampleOptions: Partial<FaultOptionsByName> = {
  answer: { status: 418 },
  'id-token': { set: { made: 'to order' } },
  'access-token': { set: { made: 'to order' } },
  'logout-token': { set: { made: 'to order' } },
  'answer-huge': { sizeBytes: 20_000 },
  'jwks-huge': { keys: 100 },
}

/** Faults that change when an answer comes, not what it says. They are tested one by one. */
const waiting: readonly FaultName[] = [
  'authorize-hang',
  'authorize-silent-hang',
  'token-hang',
  'answer-delay',
  'answer-slow',
  'answer-stalled',
]

/** Endpoints whose requests name no client. */
const nameless: readonly FaultInfo['endpoints'][number][] = ['jwks']

const announcing = await openStage({ announceIss: true })
const standard = await openStandardStage()
const silent = await openStage({ announceIss: false })
const ofDescope = silent.idp.faults.list()
const ofStandard = standard.idp.faults.list()

/** What an answer says, as pairs of place and value: status, headers, members of JSON, of JWTs and of redirects. */
async function places(stimulus: Stimulus): Promise<ReadonlyMap<string, string>> {
  let response: Response
  try {
    response = await stimulus()
  } catch (error) {
    return new Map([['connection', (error as Error).name]])
  }
  const found = new Map([['status', String(response.status)]])
  for (const [name, value] of response.headers) {
    if (name === 'location' && URL.canParse(value)) addLocation(found, new URL(value))
    else if (name !== 'x-request-id') found.set(`header ${name}`, value)
  }
  const bytes = await response.arrayBuffer().catch((error: Error) => error)
  if (bytes instanceof Error) return found.set('connection', bytes.name)
  addBody(found, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  return found
}

function addLocation(found: Map<string, string>, url: URL): void {
  found.set('location', url.origin + url.pathname)
  if (url.hash !== '') found.set('location fragment', url.hash)
  for (const name of new Set(url.searchParams.keys())) {
    found.set(`location ${name}`, JSON.stringify(url.searchParams.getAll(name)))
  }
}

function addBody(found: Map<string, string>, body: string): void {
  const document = parsed(body)
  if (document === undefined || Array.isArray(document) || JSON.stringify(document) !== body) {
    found.set('body', body)
  }
  for (const [name, value] of Object.entries(document ?? {})) {
    const [header, claims] = typeof value === 'string' ? value.split('.').map(decoded) : []
    if (header === undefined || claims === undefined) found.set(name, JSON.stringify(value))
    for (const [member, one] of Object.entries(header ?? {})) found.set(`${name} header ${member}`, JSON.stringify(one))
    for (const [member, one] of Object.entries(claims ?? {})) found.set(`${name} ${member}`, JSON.stringify(one))
    if (header && claims) found.set(`${name} as signed`, String(value))
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text)
    // What nests too deep for this is looked at as text.
    JSON.stringify(document)
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const decoded = (part: string) => parsed(Buffer.from(part, 'base64url').toString())

/**
 * Places whose values differ. A signature counts where nothing that is signed differs, members of a JSON object where
 * the answer is still that object.
 */
function differences(good: ReadonlyMap<string, string>, bad: ReadonlyMap<string, string>): readonly string[] {
  const differing = [...new Set([...good.keys(), ...bad.keys()])].filter((place) => good.get(place) !== bad.get(place))
  if (differing.includes('connection')) return ['connection']
  const isOther = differing.includes('status') || differing.includes('body')
  const shown = (place: string): boolean => {
    const token = / as signed$/.test(place) ? place.slice(0, -' as signed'.length) : undefined
    if (token !== undefined && differing.some((one) => one !== place && one.startsWith(`${token} `))) return false
    return !isOther || /^(status|body|location.*|header .*)$/.test(place)
  }
  return differing.filter(shown).sort()
}

async function observe(
  stage: Stage,
  fault: FaultInfo,
  stimulus: Stimulus,
  endpoint: FaultInfo['endpoints'][number] | undefined,
) {
  const { idp } = stage
  stage.restart()
  if (endpoint !== undefined) {
    idp.faults.next(fault.name, (sampleOptions[fault.name as keyof FaultOptionsByName] ?? {}) as never, { endpoint })
  }
  const first = await places(stimulus)
  const acted = idp.log.entries.flatMap((entry) => entry.faults)
  const left = idp.faults.armed()
  stage.restart()
  return { first, acted, left, second: await places(stimulus) }
}

/** Each fault at each of its endpoints, in each profile that has them. */
const met = (faults: readonly FaultInfo[]) =>
  faults
    .filter(({ name }) => !waiting.includes(name))
    .flatMap((fault) => fault.endpoints.map((endpoint) => [fault.name, endpoint, fault] as const))
const descopeStageOf = (name: FaultName) => (name === 'response-iss-unannounced' ? silent : announcing)
const cases = [
  ...met(ofDescope).map((one) => ['descope', ...one, descopeStageOf(one[0])] as const),
  ...met(ofStandard).map((one) => ['standard', ...one, standard] as const),
]
const seen: Record<string, readonly string[]> = {}

it.each(cases)(
  '%s: %s changes the answer of %s once, and the answer after it is good',
  async (profile, name, endpoint, fault, stage) => {
    const stimulus = stage.stimulusFor(fault, endpoint)
    const good = await observe(stage, fault, stimulus, undefined)
    const bad = await observe(stage, fault, stimulus, endpoint)
    seen[`${profile}: ${name} at ${endpoint}`] = differences(good.first, bad.first)
    // What a test orders has no request that the journal could hold.
    expect(bad.acted).toEqual(/-channel-logout$/.test(endpoint) ? [] : [name])
    expect(bad.left).toEqual([])
    expect(good.acted).toEqual([])
    expect(differences(good.first, bad.first)).not.toEqual([])
    expect(differences(good.second, bad.second)).toEqual([])
  },
)

const endpointsOf = (faults: readonly FaultInfo[]) => [...new Set(faults.flatMap(({ endpoints }) => endpoints))]
const perEndpoint = [
  ...endpointsOf(ofDescope).map((endpoint) => ['descope', endpoint, announcing, ofDescope] as const),
  ...endpointsOf(ofStandard).map((endpoint) => ['standard', endpoint, standard, ofStandard] as const),
]

it.each(perEndpoint.filter(([, endpoint]) => !nameless.includes(endpoint)))(
  '%s: changes nothing at %s where every fault is armed for another client',
  async (_, endpoint, { idp, restart, stimulusFor }, faults) => {
    const there = faults.filter(({ endpoints }) => endpoints.includes(endpoint))
    const stimuli = new Set(there.map((fault) => stimulusFor(fault, endpoint)))
    for (const stimulus of stimuli) {
      restart()
      const good = await places(stimulus)
      restart()
      for (const { name } of there) idp.faults.always(name, {} as never, { client: 'somebody-else', endpoint })
      expect(differences(good, await places(stimulus))).toEqual([])
      expect(idp.log.entries.flatMap((entry) => entry.faults)).toEqual([])
    }
  },
)

it('changes those places alone that are written down', async () => {
  const lines = Object.entries(seen).map(([what, where]) => `${what}: ${where.join(', ')}\n`)
  await expect(lines.join('')).toMatchFileSnapshot('every-fault.differences.txt')
})
