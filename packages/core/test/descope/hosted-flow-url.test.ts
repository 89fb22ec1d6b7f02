import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { describe, expect, test } from 'vitest'
import { hostedFlowUrl } from '../../src/descope/client.ts'

const { projectId } = demoProject
const regional = `Peuc1${projectId.slice(1)}`

describe('hostedFlowUrl', () => {
  test.each([
    ['the default host (S-137)', { projectId }, `https://auth.descope.io/${projectId}?flow=sign-up-or-in`],
    ['a region', { projectId: regional }, `https://auth.descope.io/${regional}?flow=sign-up-or-in`],
    [
      'a custom domain',
      { projectId, customDomain: 'auth.acme.example', flow: 'sign-in' },
      `https://auth.acme.example/login/${projectId}?flow=sign-in`,
    ],
    [
      'a tenant, with the debugger',
      { projectId, flow: 'a&b', tenant: 'acme.example', debug: true },
      `https://auth.descope.io/${projectId}?flow=a%26b&tenant=acme.example&debug=true`,
    ],
  ])('leads to the page of %s (N-37; S-067)', (_, options, url) => {
    expect(hostedFlowUrl(options)).toBe(url)
  })

  test('leads to a page that runs the flow (N-37)', async () => {
    const idp = createMockIdp()
    const page = await idp.fetch(new Request(hostedFlowUrl({ projectId, baseUrl: idp.origin })))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<form')
  })

  test('refuses what is no project id', () => {
    expect(() => hostedFlowUrl({ projectId: 'P1' })).toThrow(/"projectId" must be/)
  })
})
