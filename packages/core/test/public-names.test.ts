import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const surfaces = ['core', 'react', 'vue', 'express'].flatMap((name) => {
  const folder = join(packages, name, 'etc')
  return readdirSync(folder).map((file) => [`${name}/${file}`, readFileSync(join(folder, file), 'utf8')] as const)
})

describe('the public surface', () => {
  it.each(surfaces)('of %s calls the relying party a client, and nothing else (S-050)', (_, surface) => {
    expect(surface).not.toMatch(/relying.?party|service.?provider|oidc.?app/i)
  })

  it('names the id of a client in the entries that are configured with one (S-050)', () => {
    const configured = surfaces.filter(([file]) => /core\.(browser|agent|descope)\.api\.md$/.test(file))
    expect(configured).toHaveLength(3)
    for (const [, surface] of configured) expect(surface).toMatch(/\bclientId\b/)
  })
})
