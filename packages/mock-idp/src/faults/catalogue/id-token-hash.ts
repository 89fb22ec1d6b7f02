/** Faults of `at_hash` (OpenID Connect Core 3.1.3.6, 3.1.3.8). */
import type { Faults, TokenFaultTarget } from '../fault.ts'
import { claimFault } from './claim-fault.ts'

/** Names of the faults of `at_hash`. */
export type IdTokenHashFaultName =
  | 'id-token-at-hash-wrong'
  | 'id-token-at-hash-padded'
  | 'id-token-at-hash-hex'
  | 'id-token-at-hash-whole'
  | 'id-token-at-hash-sha512'

const atHash = {
  rule: 'Compare `at_hash` with the left half of the hash of the access token, by the algorithm of the signature.',
  spec: 'OpenID Connect Core 3.1.3.6, 3.1.3.8',
}

/** Faults of `at_hash`, in the order in which they act. */
export const idTokenHashFaults: Faults<IdTokenHashFaultName> = {
  'id-token-at-hash-wrong': claimFault(
    {
      description: 'ID token whose `at_hash` belongs to another access token.',
      ...atHash,
      cases: ['A-CMP-05'],
    },
    () => ({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  ),
  'id-token-at-hash-padded': claimFault(
    {
      description: 'ID token whose `at_hash` ends with padding.',
      ...atHash,
      cases: ['B-33'],
    },
    async (target) => ({ at_hash: `${base64url(left(await hashOf(target)))}==` }),
  ),
  'id-token-at-hash-hex': claimFault(
    {
      description: 'ID token whose `at_hash` is in hexadecimal digits.',
      ...atHash,
      cases: ['B-33'],
    },
    async (target) => ({
      at_hash: Array.from(left(await hashOf(target)), (one) => one.toString(16).padStart(2, '0')).join(''),
    }),
  ),
  'id-token-at-hash-whole': claimFault(
    {
      description: 'ID token whose `at_hash` is the whole hash.',
      ...atHash,
      cases: ['B-33'],
    },
    async (target) => ({ at_hash: base64url(await hashOf(target)) }),
  ),
  'id-token-at-hash-sha512': claimFault(
    {
      description: 'ID token whose `at_hash` was made with SHA-512, which does not belong to its `alg`.',
      ...atHash,
      cases: ['B-34', 'B-35'],
    },
    async (target) => ({ at_hash: base64url(left(await hashOf(target, 'SHA-512'))) }),
  ),
}

async function hashOf({ accessToken = '' }: TokenFaultTarget, hash = 'SHA-256'): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(accessToken)))
}

function left(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length / 2)
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
