/** Vectors of the Wycheproof project in the form that the tests of every runtime use; this file runs anywhere. */
import exceptions from './exceptions.json' with { type: 'json' }

/** A JWS, the keys it is held against, and the documented verdict. */
export interface Vector {
  readonly file: 'json_web_signature_test' | 'json_web_key_test'
  readonly id: number
  readonly comment: string
  readonly documented: 'valid' | 'invalid'
  readonly jws: string
  readonly keys: readonly JsonWebKey[]
}

interface VectorGroup {
  readonly public?: JsonWebKey & { readonly keys?: readonly JsonWebKey[] }
  readonly private?: VectorGroup['public']
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly result: 'valid' | 'invalid'
    readonly jws: string
  }[]
}

/** A file of vectors as Wycheproof publishes it. */
export interface VectorFile {
  readonly testGroups: readonly VectorGroup[]
}

/** The vectors of one file, each with its keys. */
export function readVectors(file: Vector['file'], { testGroups }: VectorFile): readonly Vector[] {
  return testGroups.flatMap((group) => {
    // A key without a public half is a symmetric one: even a provider that publishes it opens nothing.
    const keys = group.public ?? group.private
    return group.tests.map(({ tcId, comment, result, jws }) => ({
      file,
      id: tcId,
      comment,
      documented: result,
      jws,
      keys: keys?.keys ?? (keys ? [keys] : []),
    }))
  })
}

/** Algorithms that clients and APIs of this SDK can be configured with. */
export const supported = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

/** The algorithm that is most favourable to a vector: the one it names, else the one of its key. */
export function favourableAlgorithm({ jws, keys }: Vector): (typeof supported)[number] {
  const names = [/"alg"\s*:\s*"(\w+)"/.exec(headerText(jws))?.[1], (keys[0] as { alg?: string } | undefined)?.alg]
  return supported.find((name) => names.includes(name)) ?? 'RS256'
}

function headerText(jws: string): string {
  try {
    return atob((jws.split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return ''
  }
}

/** What judges a vector. */
export type Judge = 'id-token' | 'access-token'

/** The verdict that is expected here: the documented one, unless an exception with a reason is pinned for this judge or all. */
function expectedVerdict({ file, id, documented }: Vector, name: Judge): 'valid' | 'invalid' {
  const pinned = exceptions.some(
    ({ judge = name, ...exception }) => judge === name && exception.file === file && exception.vectors.includes(id),
  )
  return pinned ? (documented === 'valid' ? 'invalid' : 'valid') : documented
}

/** What differs from the expected verdicts, one line each, so that an empty list is a pass. */
export async function differences(
  vectors: readonly Vector[],
  name: Judge,
  judge: (vector: Vector) => Promise<'valid' | 'invalid'>,
): Promise<readonly string[]> {
  const lines: string[] = []
  for (const vector of vectors) {
    const verdict = await judge(vector)
    const expected = expectedVerdict(vector, name)
    if (verdict !== expected) {
      lines.push(`${vector.file} ${vector.id} ${vector.comment}: expected ${expected}, found ${verdict}`)
    }
  }
  return lines
}
