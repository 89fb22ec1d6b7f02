import { execFile } from 'node:child_process'
import { join } from 'node:path'
import type { MockIdpConfig } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { transcript } from './support/transcript.ts'

const program = join(import.meta.dirname, 'support/transcript.ts')

/** The same in a process of its own, somewhere else in the world. */
function transcriptElsewhere(config: MockIdpConfig): Promise<string> {
  const env = { ...process.env, TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' }
  const args = ['--conditions=@countersign/source', program, JSON.stringify(config)]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 1 << 24 }, (error, output) =>
      error ? reject(error) : resolve(output),
    )
  })
}

const profiles = ['descope', 'standard'] as const

describe.each(profiles)('deterministic, in the profile %s', { timeout: 30_000 }, (profile) => {
  const config: MockIdpConfig = { deterministic: {}, profile }

  it('gives byte-equal answers, tokens, pages and journals in two runs (N-36)', async () => {
    const first = await transcript(config)
    expect(first.length).toBeGreaterThan(15_000)
    expect(await transcript(config)).toBe(first)
  })

  it('gives the same bytes in another process, time zone and language', async () => {
    expect(await transcriptElsewhere(config)).toBe(await transcript(config))
  })

  it('gives the same bytes for mocks that run at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => transcript(config)))
    expect(new Set(all).size).toBe(1)
  })

  it('gives other bytes with another seed, and without', async () => {
    const seeded = await transcript({ profile, deterministic: { seed: 'another' } })
    const free = await Promise.all([transcript({ profile }), transcript({ profile })])
    expect(new Set([await transcript(config), seeded, ...free]).size).toBe(4)
  })
})
