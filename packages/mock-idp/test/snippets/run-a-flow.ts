import { createMockIdp, defineFlow, demoProject } from '@countersign/mock-idp'

const { loginId, password } = demoProject.users.mira
const flow = defineFlow({
  id: 'with-plan',
  start: 'login',
  nodes: {
    login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'look-up' },
    'look-up': { kind: 'connector', connector: 'billing', endpoint: '/plan', contextKey: 'billing', next: 'claim' },
    claim: {
      kind: 'action',
      action: 'custom-claims',
      claims: [{ key: 'plan', type: 'dynamic', value: 'connectors.billing.plan' }],
      next: 'done',
    },
    done: { kind: 'end', outcome: 'success' },
  },
})
const connectors = [{ id: 'billing', name: 'Billing', baseUrl: 'https://billing.example/v1' }]
export const idp = createMockIdp({ flows: [flow], connectors })
idp.connectors.stub('billing', () => ({ plan: 'pro' })) // without a stub the network is off
export const run = await idp.flows.run('with-plan', { screens: [{ input: { loginId, password } }] })
export const kinds = run.log.map(({ kind }) => kind)
