import { createHash } from 'node:crypto'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
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

  it('makes verifiers of 43 unreserved characters, never the same twice (case C-01; S-157)', async () => {
    const verifiers = await Promise.all(Array.from({ length: 200 }, async () => (await createPkce()).codeVerifier))
    for (const verifier of verifiers) expect(verifier).toMatch(/^[\w.~-]{43}$/)
    expect(new Set(verifiers).size).toBe(200)
  })

  it('takes verifiers of up to 128 unreserved characters of any source (S-157, S-161)', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'
    const codeVerifier = (alphabet + alphabet).slice(0, 128)
    const digest = createHash('sha256').update(codeVerifier).digest('base64url')
    await expect(createPkce(() => codeVerifier)).resolves.toEqual({ codeVerifier, codeChallenge: digest })
  })

  it('hashes a text of any size (S-163)', async () => {
    const codeVerifier = 'v'.repeat(1_000_000)
    const { codeChallenge } = await createPkce(() => codeVerifier)
    expect(codeChallenge).toBe(createHash('sha256').update(codeVerifier).digest('base64url'))
  })
})

describe('randomText', () => {
  it('comes from the generator of the platform alone, and fails with it (S-162)', async () => {
    const platform = vi.spyOn(crypto, 'getRandomValues')
    const other = vi.spyOn(Math, 'random')
    onTestFinished(() => {
      vi.restoreAllMocks()
    })
    platform.mockImplementationOnce((bytes) => (bytes as Uint8Array).fill(255) as never)
    expect(randomText()).toBe(Buffer.alloc(32, 255).toString('base64url'))
    platform.mockImplementation(() => {
      throw new Error('no entropy')
    })
    expect(() => randomText()).toThrow('no entropy')
    await expect(createPkce()).rejects.toThrow('no entropy')
    expect(other).not.toHaveBeenCalled()
  })

  it('carries 256 bits (case C-04)', () => {
    expect(Buffer.from(randomText(), 'base64url')).toHaveLength(32)
  })
})
