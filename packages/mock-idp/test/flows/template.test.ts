import type { FlowDefinition, FlowNode } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { answerOf, fixedIdp, get } from '../support/relying-party.ts'

const who = '{{client.who}}'
const client = { who: 'Dana', n: 5 }

const flowOf = (nodes: Record<string, FlowNode>): FlowDefinition => ({
  id: 'flow',
  start: 'start',
  nodes: { done: { kind: 'end', outcome: 'success' }, ...nodes },
})

const screen: FlowNode = {
  kind: 'screen',
  title: `Title ${who}`,
  text: `Text ${who}`,
  fields: [
    { name: 'nick', type: 'text', label: `Label ${who}`, required: true },
    { name: 'given', type: 'text', default: `Default ${who}` },
  ],
  buttons: [{ id: 'go', label: `Button ${who}`, next: 'done' }],
}

describe('placeholders in every field that takes them (S-232, 4.3)', () => {
  it('screen: title, text, label, default and button, on the page and in the JSON API (S-231, S-232)', async () => {
    const idp = fixedIdp({ flows: [flowOf({ start: screen })] })
    const html = await (await get(idp, `/login/${idp.projectId}?flow=flow&client.who=Dana`)).text()
    for (const part of ['Title', 'Text', 'Label', 'Default', 'Button']) expect(html).toContain(`${part} Dana`)
    expect(html).not.toContain('{{')
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ flowId: 'flow', options: { client } })
    const url = new URL('/v1/flow/start', idp.origin)
    const { state } = (await answerOf(await idp.fetch(new Request(url, { method: 'POST', headers, body })))).body.screen
    expect(state).toMatchObject({ title: 'Title Dana', buttons: [{ label: 'Button Dana' }] })
  })

  it('screen: the label in the message about its field (S-232)', async () => {
    const run = await fixedIdp({ flows: [flowOf({ start: screen })] }).flows.run('flow', { client, screens: [{}] })
    expect(run.screen?.error).toBe('Please fill in: Label Dana.')
  })

  it('error: the message of an automatic route (S-232)', async () => {
    const failing: FlowNode = {
      kind: 'action',
      action: 'load-user',
      next: 'done',
      onError: { mode: 'automatic', message: `No, ${who}` },
    }
    const ask: FlowNode = { kind: 'screen', buttons: [{ id: 'go', label: 'Go', next: 'fail' }] }
    const run = await fixedIdp({ flows: [flowOf({ start: ask, fail: failing })] }).flows.run('flow', {
      client,
      screens: [{}],
    })
    expect(run.screen?.error).toBe('No, Dana')
  })

  it('action: arguments and claims of every type (S-232)', async () => {
    const start: FlowNode = {
      kind: 'action',
      action: 'otp-start',
      args: { channel: 'email', to: '{{client.who}}@acme.example' },
      next: 'claims',
    }
    const claims: FlowNode = {
      kind: 'action',
      action: 'custom-claims',
      claims: [
        { key: 'text', type: 'string', value: `for ${who}` },
        { key: 'dynamic', type: 'dynamic', value: 'client.n' },
        { key: 'json', type: 'json', value: { who, list: [`x ${who}`, '{{client.n}}'] } },
      ],
      next: 'done',
    }
    const idp = fixedIdp({ flows: [flowOf({ start, claims })] })
    const run = await idp.flows.run('flow', { client })
    expect(idp.outbox.list().map(({ to }) => to)).toEqual(['Dana@acme.example'])
    expect(run.claims).toEqual({ text: 'for Dana', dynamic: 5, json: { who: 'Dana', list: ['x Dana', 5] } })
  })

  it('condition: the other side of a test, alone and in a list (S-230, S-232)', async () => {
    const test = (value: string | readonly string[], op: string): FlowNode => ({
      kind: 'condition',
      rules: [{ all: [{ key: 'form.name', op, value }], next: 'done' }],
      else: 'no',
    })
    const no: FlowNode = { kind: 'end', outcome: 'failure' }
    for (const start of [test(who, 'equal'), test(['x', who], 'in'), test(`^${who}$`, 'matches')]) {
      const { flows } = fixedIdp({ flows: [flowOf({ start, no })] })
      expect((await flows.run('flow', { client, form: { name: 'Dana' } })).status).toBe('completed')
      expect((await flows.run('flow', { client, form: { name: 'Rut' } })).status).toBe('failed')
    }
  })

  it('connector: endpoint, query, headers and body (S-232)', async () => {
    const start: FlowNode = {
      kind: 'connector',
      connector: 'people-api',
      method: 'POST',
      endpoint: `/people/${who}`,
      query: { q: who, d: { dynamic: 'client.n' } },
      headers: { 'X-Who': `is ${who}` },
      body: { deep: [{ who, n: '{{client.n}}' }] },
      contextKey: 'r',
      next: 'done',
    }
    const idp = fixedIdp({ flows: [flowOf({ start })] })
    idp.connectors.stub('people-api', async (request) => ({
      url: request.url,
      who: request.headers.get('x-who'),
      body: await request.json(),
    }))
    expect((await idp.flows.run('flow', { client })).value('connectors.r')).toEqual({
      url: 'https://random-data-api.com/api/v2/people/Dana?q=Dana&d=5',
      who: 'is Dana',
      body: { deep: [{ who: 'Dana', n: 5 }] },
    })
  })

  it('scriptlet: arguments; end: message and output (S-232)', async () => {
    const start: FlowNode = {
      kind: 'scriptlet',
      fn: 'echo',
      args: { it: `hey ${who}`, n: '{{client.n}}' },
      next: 'done',
    }
    const done: FlowNode = {
      kind: 'end',
      outcome: 'success',
      output: { text: `for ${who}`, n: { dynamic: 'client.n' }, none: '{{client.none}}', json: { json: [who] } },
    }
    const sorry: FlowNode = { kind: 'end', outcome: 'failure', message: `Sorry, ${who}` }
    const scriptlets = { echo: (args: Readonly<Record<string, unknown>>) => ({ ...args }) }
    const run = await fixedIdp({ flows: [flowOf({ start, done })], scriptlets }).flows.run('flow', { client })
    expect(run.value('scripts.scriptletResult')).toEqual({ it: 'hey Dana', n: 5 })
    expect(run.output).toEqual({ text: 'for Dana', n: 5, json: ['Dana'] })
    const failed = await fixedIdp({ flows: [flowOf({ start: sorry })] }).flows.run('flow', { client })
    expect(failed.error?.message).toBe('Sorry, Dana')
  })

  it('what a value holds is not read as a placeholder again (S-232, 4.6)', async () => {
    const idp = fixedIdp({ flows: [flowOf({ start: screen })] })
    const run = await idp.flows.run('flow', { client: { who: '{{user.email}}' } })
    expect(run.value('form.given')).toBe('Default {{user.email}}')
  })
})

describe('a message is a template as well (S-229)', () => {
  it.each(['email', 'sms'])('%s: filled in by the same resolver, kept in the outbox, sent nowhere', async (channel) => {
    const to = channel === 'email' ? 'dana@acme.example' : '+15550100'
    const send: FlowNode = { kind: 'action', action: 'otp-start', args: { channel, to }, next: 'done' }
    const codeMessage = '{{ code }} for {{client.who}} of {{unauthUser.tenantNames.0}}{{client.none}}, {{flow.id}}'
    const idp = fixedIdp({ flows: [flowOf({ start: send })], flowSettings: { codeMessage } })
    await idp.flows.run('flow', { client, form: { email: 'mira@acme.example' } })
    expect(idp.outbox.list()).toMatchObject([{ channel, to, text: '123456 for Dana of Acme, flow' }])
  })
})
