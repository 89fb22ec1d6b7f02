/** Turns the defects that every kind of token can have into faults of one kind. */
import type { Faults } from '../fault.ts'
import { type TokenClaimDefect, tokenClaimRows } from './token-claims.ts'
import { type TokenHeaderDefect, tokenHeaderRows } from './token-header.ts'
import type { TokenRow } from './token-row.ts'
import { type TokenTextDefect, tokenTextRows } from './token-text.ts'

/** A defect of any token. */
export type TokenDefect = TokenClaimDefect | TokenHeaderDefect | TokenTextDefect

const words = { id: 'ID token', access: 'Access token', logout: 'Logout token' }

/** Every defect. */
export const tokenRows: Readonly<Record<TokenDefect, TokenRow>> = {
  ...tokenClaimRows,
  ...tokenHeaderRows,
  ...tokenTextRows,
}

/** The faults of one kind of token, in the order in which they act. */
export function faultsOfToken<Kind extends keyof typeof words>(kind: Kind): Faults<`${Kind}-token-${TokenDefect}`> {
  const faults = Object.entries(tokenRows).map(([defect, { how, idSpec, act, cases, ...row }]) => [
    `${kind}-token-${defect}`,
    {
      ...row,
      description: `${words[kind]} ${how}.`,
      spec: specOf(kind, row.spec, idSpec),
      endpoints: [kind === 'logout' ? 'back-channel-logout' : 'token'],
      cases: cases[kind] ?? [],
      stage: `${kind}-token`,
      act: (target: Parameters<TokenRow['act']>[0]) => act(target, kind),
    },
  ])
  return Object.fromEntries(faults)
}

function specOf(kind: keyof typeof words, spec: string, idSpec: string | undefined): string {
  if (kind === 'logout') return `OpenID Connect Back-Channel Logout 1.0 section 2.6, ${spec}`
  return kind === 'id' && idSpec !== undefined ? `${idSpec}, ${spec}` : spec
}
