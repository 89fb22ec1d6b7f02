import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { demoProject } from '@countersign/mock-idp'
import { test } from '@countersign/mock-idp/testing/vitest'
import { describe, expect, it } from 'vitest'

const { mira, noa } = demoProject.users

test('a test is signed in by naming signedIn', async ({ idp, signedIn }) => {
  expect(signedIn.claims).toMatchObject({ iss: idp.issuer, sub: mira.id, aud: expect.anything() })
  const userinfo = await idp.fetch(new Request(`${idp.origin}/oauth2/v1/userinfo`, { headers: signedIn.headers }))
  expect(await userinfo.json()).toMatchObject({ sub: mira.id })
})

test('a fixture that is not named is not made', async ({ idp }) => {
  expect(idp.log.entries).toEqual([])
})

describe('with options', () => {
  test.override({ idpConfig: { lifetimes: { accessTokenSeconds: 60 } }, signInAs: { user: noa.loginId } })

  test('the mock and the user follow them', async ({ signedIn }) => {
    expect(signedIn.user.id).toBe(noa.id)
    const { exp, iat } = JSON.parse(atob(signedIn.accessToken.split('.')[1] ?? ''))
    expect(exp - iat).toBe(60)
  })
})

describe('parallel tests', () => {
  const seen: string[] = []

  test.concurrent.for([...Array(8).keys()])('have a mock of their own (%i)', async (_, { idp, signedIn }) => {
    expect(idp.sessions.list()).toHaveLength(1)
    expect(signedIn.claims.iss).toBe(idp.issuer)
    expect(seen).not.toContain(idp.origin)
    seen.push(idp.origin)
  })
})

test('a server of its own answers on loopback', async ({ idpServer }) => {
  const response = await fetch(`${idpServer.idp.issuer}/.well-known/openid-configuration`)
  expect((await response.json()).issuer).toBe(`${idpServer.url}/${idpServer.idp.projectId}`)
})

it('a failed test names what the mock was asked', { timeout: 30_000 }, async () => {
  const output = await runVitest('failing.ts')
  expect(output).toMatch(/expected .+ to be 'another'/)
  expect(output).toContain('the mock IdP was asked 1 request:')
  expect(output).toMatch(/POST \/oauth2\/v1\/token 415 \(E011001: Content-Type must be/)
})

/** Runs one file under Vitest in a process of its own. */
function runVitest(file: string): Promise<string> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const cwd = join(import.meta.dirname, 'vitest')
  const env = { ...process.env, NODE_OPTIONS: '--conditions=@countersign/source', NO_COLOR: '1', CI: 'true' }
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'run', file], { cwd, env }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}
