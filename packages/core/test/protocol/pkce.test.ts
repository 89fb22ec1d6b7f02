import { describe, expect, it } from 'vitest'
import { createPkce, randomText } from '../../src/protocol/pkce.ts'

describe('createPkce', () => {
  it.each([
    [
      'RFC 7636 appendix B',
      'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    ],
    [
      'the quickstart (S-165)',
      'N7QLWqAp2aYxDGRtqbXjbfusYLE97XAui-nnW9hOofI',
      'KM6LN2hMVS5xeS3CHhoNuHtqtWD0-EIbkIq8u_KZl3U',
    ],
  ])('makes the challenge of %s (S-158)', async (_name, codeVerifier, codeChallenge) => {
    await expect(createPkce(() => codeVerifier)).resolves.toEqual({ codeVerifier, codeChallenge })
  })

  it('makes verifiers of 43 unreserved characters, never the same twice (case C-01)', async () => {
    const verifiers = await Promise.all(Array.from({ length: 200 }, async () => (await createPkce()).codeVerifier))
    for (const verifier of verifiers) expect(verifier).toMatch(/^[\w.~-]{43}$/)
    expect(new Set(verifiers).size).toBe(200)
  })
})

describe('randomText', () => {
  it('carries 256 bits (case C-04)', () => {
    expect(Buffer.from(randomText(), 'base64url')).toHaveLength(32)
  })
})
