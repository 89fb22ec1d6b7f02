import assert from 'node:assert/strict'
import type { Step } from './check.ts'
import type { Demo } from './start-demo.ts'

/** What the agent may do, and what it may not. */
export function agentSteps({ runAgent }: Demo): Step[] {
  return [
    {
      title: 'Agent: gets a token by client credentials, reads contacts, is refused invoices',
      async run() {
        assert.deepEqual(await runAgent(), {
          scopes: ['contacts.read'],
          calls: [
            { path: '/contacts', status: 200, result: '4 rows' },
            { path: '/invoices', status: 403, result: 'insufficient_scope, needs scope billing.read' },
          ],
        })
      },
    },
  ]
}
