import type { TokenDraft } from '../tokens/token-draft.ts'
import type { FaultName } from './catalogue.ts'
import type { FaultSwitch } from './fault-switch.ts'

const attacker = 'https://attacker.example'
const twoHours = 7200

type Mutation = (draft: TokenDraft) => void

const without =
  (claim: string): Mutation =>
  (draft) => {
    delete draft.claims[claim]
  }
const withClaim =
  (claim: string, value: unknown): Mutation =>
  (draft) => {
    draft.claims[claim] = value
  }
const withHeader =
  (member: string, value: unknown): Mutation =>
  (draft) => {
    draft.header[member] = value
  }
const signedBy =
  (signWith: TokenDraft['signWith'], alg?: string): Mutation =>
  (draft) => {
    draft.signWith = signWith
    if (alg !== undefined) draft.header.alg = alg
  }
const expired: Mutation = (draft) => {
  draft.claims.exp = Number(draft.claims.iat) - twoHours
}

/** What each fault of an ID token does to its draft; `refresh-sub-other` applies to refreshed ones only. */
const idTokenFaults = {
  'id-token-iss-wrong': withClaim('iss', attacker),
  'id-token-aud-wrong': withClaim('aud', ['another-client']),
  'id-token-aud-missing': without('aud'),
  'id-token-aud-two-azp-other': (draft) => {
    draft.claims.aud = [...[draft.claims.aud].flat(), 'another-client']
    draft.claims.azp = 'another-client'
  },
  'id-token-azp-wrong': (draft) => {
    draft.claims.azp = 'another-client'
  },
  'id-token-expired': expired,
  'id-token-exp-missing': without('exp'),
  'id-token-iat-missing': without('iat'),
  'id-token-sub-missing': without('sub'),
  'id-token-nonce-missing': without('nonce'),
  'id-token-nonce-wrong': withClaim('nonce', 'another-nonce'),
  'id-token-signature-foreign-key': signedBy('foreign'),
  'id-token-alg-none': signedBy('nothing', 'none'),
  'id-token-alg-hs256': signedBy('public-pem', 'HS256'),
  'id-token-kid-unknown': withHeader('kid', 'mock-unknown-key'),
  'id-token-kid-missing': (draft) => {
    delete draft.header.kid
  },
  'id-token-at-hash-wrong': withClaim('at_hash', 'AAAAAAAAAAAAAAAAAAAAAA'),
  'id-token-duplicate-member': (draft) => {
    draft.payload = JSON.stringify(draft.claims).replace(/^\{/, '{"sub":"U2mockSomebodyElse",')
  },
  'id-token-typ-wrong': withHeader('typ', 'at+jwt'),
} as const satisfies Partial<Record<FaultName, Mutation>>

const accessTokenFaults = {
  'access-token-iss-wrong': withClaim('iss', attacker),
  'access-token-aud-wrong': withClaim('aud', ['another-api']),
  'access-token-aud-missing': without('aud'),
  'access-token-expired': expired,
  'access-token-exp-missing': without('exp'),
  'access-token-signature-foreign-key': signedBy('foreign'),
  'access-token-alg-none': signedBy('nothing', 'none'),
  'access-token-alg-hs256': signedBy('public-pem', 'HS256'),
  'access-token-kid-unknown': withHeader('kid', 'mock-unknown-key'),
} as const satisfies Partial<Record<FaultName, Mutation>>

/** Applies the faults of ID tokens that are on. */
export function breakIdToken(faults: FaultSwitch, draft: TokenDraft, options: { readonly refreshed: boolean }): void {
  for (const [name, mutate] of entriesOf(idTokenFaults)) if (faults.take(name)) mutate(draft)
  if (options.refreshed && faults.take('refresh-sub-other')) draft.claims.sub = 'U2mockSomebodyElse'
}

/** Applies the faults of access tokens that are on. */
export function breakAccessToken(faults: FaultSwitch, draft: TokenDraft): void {
  for (const [name, mutate] of entriesOf(accessTokenFaults)) if (faults.take(name)) mutate(draft)
}

function entriesOf<Name extends FaultName>(table: Readonly<Record<Name, Mutation>>): [Name, Mutation][] {
  return Object.entries(table) as [Name, Mutation][]
}
