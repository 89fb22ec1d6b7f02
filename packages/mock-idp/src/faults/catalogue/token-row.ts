import type { TokenDraft } from '../../tokens/token-draft.ts'
import type { TokenFaultTarget } from '../fault.ts'

/** What a token is for; the same defect is a fault of each kind. */
export type TokenKind = 'id' | 'access' | 'logout' | 'introspection'

/** A defect that every kind of token can have. */
export interface TokenRow {
  /** How the token is, after the words "ID token" or "Access token". */
  readonly how: string
  /** What the verifier must do. */
  readonly rule: string
  /** Sections that hold for every kind. */
  readonly spec: string
  /** Rule of OpenID Connect Core 3.1.3.7, where one says it. */
  readonly idSpec?: string
  readonly valid?: true
  /** Cases of the case list, by the kind of the token. */
  readonly cases: Readonly<Partial<Record<TokenKind, readonly string[]>>>
  readonly act: (target: TokenFaultTarget, kind: TokenKind) => void | Promise<void>
}

/** An attacker's origin. Nothing listens there. */
export const attacker = 'https://attacker.example'

/** Sets claims, or takes them out with `undefined`. */
export function setClaims(change: (draft: TokenDraft) => Readonly<Record<string, unknown>>): TokenRow['act'] {
  return ({ draft }) => setMembers(draft.claims, change(draft))
}

/** Sets header members, or takes them out with `undefined`. */
export function setHeader(change: (draft: TokenDraft) => Readonly<Record<string, unknown>>): TokenRow['act'] {
  return ({ draft }) => setMembers(draft.header, change(draft))
}

/** Writes the JSON text of the claims in another way. */
export function setPayload(change: (text: string) => string | Uint8Array<ArrayBuffer>): TokenRow['act'] {
  return ({ draft }) => {
    draft.payload = change(typeof draft.payload === 'string' ? draft.payload : JSON.stringify(draft.claims))
  }
}

/** Changes the signed text. */
export function setToken(change: (token: string) => string | Promise<string>): TokenRow['act'] {
  return ({ draft }) => {
    draft.finish.push(change)
  }
}

/** Changes one of the three parts of the signed text. */
export function setPart(index: 0 | 1 | 2, change: (part: string) => string): TokenRow['act'] {
  return setToken((token) =>
    token
      .split('.')
      .map((part, place) => (place === index ? change(part) : part))
      .join('.'),
  )
}

/** Signs with something else than the key of the mock. */
export function signBy(signWith: TokenDraft['signWith'], alg?: unknown): TokenRow['act'] {
  return ({ draft }) => {
    draft.signWith = signWith
    if (alg !== undefined) draft.header.alg = alg
  }
}

function setMembers(members: Record<string, unknown>, changes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete members[name]
    else members[name] = value
  }
}
