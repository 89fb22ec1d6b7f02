import { defineFlow, demoProject } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { openConsole } from '../support/console.ts'
import { codeFor } from '../support/relying-party.ts'

const { loginId, password } = demoProject.users.mira
const good = { input: { loginId, password } }

/** Visible text of a page, in one line. */
const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')

/** The numbers on the nodes of the drawings, by the title of the node. */
const visitsOf = (page: string) =>
  Object.fromEntries(
    Array.from(
      page.matchAll(/<g class="node[\s\S]*?<title>([^<]*)<\/title>([\s\S]*?)<\/g>/g),
      ([, title = '', body = '']) => [title, /class="visits"[^>]*>([^<]*)</.exec(body)?.[1] ?? ''],
    ),
  )

describe('flows in the console', () => {
  it('draws every node and every way of a flow, and lists the same in words', async () => {
    const { show, idp } = openConsole()
    for (const { id, nodes } of idp.flows.list()) {
      const page = await show(`/flows/${id}`)
      expect(page.match(/<g class="node/g)).toHaveLength(Object.keys(nodes).length)
      for (const node of Object.keys(nodes)) expect(textOf(page)).toContain(` ${node} `)
    }
    const page = await show('/flows/inbound-consent-dob')
    for (const label of ['live consent', 'else', 'Allow', 'ConnectorTimeout']) {
      expect(page).toMatch(new RegExp(`<text class="label[^>]*>${label}`))
    }
    expect(textOf(page)).toContain('then / error → consented')
  })

  it('draws a flow with circles and with nodes that nothing leads to', async () => {
    const { show, idp } = openConsole()
    const again = { id: 'again', label: 'Again', next: 'ask' }
    idp.flows.put(
      defineFlow({
        id: 'circles',
        start: 'ask',
        nodes: {
          ask: { kind: 'screen', buttons: [again, { id: 'on', label: 'On', next: 'more' }] },
          more: { kind: 'screen', buttons: [{ id: 'back', label: 'Back', next: 'ask' }] },
          lonely: { kind: 'end', outcome: 'success' },
        },
      }),
    )
    const page = await show('/flows/circles')
    expect(page.match(/<path class="edge/g)).toHaveLength(3)
    expect(page).not.toContain('NaN')
  })

  it('shows the way of a run by numbers and weight, back to a screen after an error too', async () => {
    const { show, idp } = openConsole()
    const screens = [{ input: { loginId, password: 'wrong' } }, good]
    const { executionId } = await idp.flows.run('sign-up-or-in', { screens })
    const page = await show(`/runs/${executionId}`)
    expect(visitsOf(page)).toEqual({ already: '1', 'Sign in': '2, 4', 'password-auth': '3, 5', Success: '6' })
    expect(page.match(/<path class="edge[^"]* taken"/g)).toHaveLength(4)
    expect(page.match(/<path class="edge"/g)).toHaveLength(1)
    const text = textOf(page)
    expect(text).toContain('check action password-auth failed, back to the screen')
    expect(text).toContain('already condition already left by &quot;else&quot;')
  })

  it('shows subflows of a run on their own, and the runner log', async () => {
    const { show, idp } = openConsole()
    await codeFor(idp, { flow: 'sign-up-or-in-with-dob' })
    const [id] = idp.flows.executions()
    const page = await show(`/runs/${id}`)
    expect(page.match(/<svg role="img"/g)).toHaveLength(2)
    expect(visitsOf(page)).toMatchObject({ 'Look up the person': '2', 'Add date of birth': '3', 'Sign in': '2' })
    for (const text of [
      'Default application',
      'Mira Tal',
      'dob, source',
      'connector.response',
      'Inside of sign-up-or-in',
    ]) {
      expect(page).toContain(text)
    }
    for (const { kind } of idp.flows.logs(id ?? '') ?? []) expect(page).toContain(kind)
  })

  it('shows a subflow that was entered twice as two ways', async () => {
    const { show, idp } = openConsole()
    const done = { kind: 'end', outcome: 'success' } as const
    idp.flows.put({ id: 'inner', start: 'done', nodes: { done } })
    idp.flows.put({
      id: 'outer',
      start: 'first',
      nodes: {
        first: { kind: 'subflow', flow: 'inner', next: 'second' },
        second: { kind: 'subflow', flow: 'inner', next: 'done' },
        done,
      },
    })
    const { executionId } = await idp.flows.run('outer')
    const page = await show(`/runs/${executionId}`)
    expect(page.match(/Inside of inner/g)).toHaveLength(2)
    expect(Array.from(page.matchAll(/class="visits"[^>]*>([^<]*)</g), ([, visits]) => visits)).toEqual([
      '1',
      '2',
      '3',
      '1',
      '1',
    ])
  })

  it('says where a run waits, and why one failed', async () => {
    const { show, idp } = openConsole()
    const waiting = await idp.flows.run('sign-up-or-in')
    const failed = await idp.flows.run('step-up')
    expect(textOf(await show(`/runs/${waiting.executionId}`))).toContain('ask screen Sign in waits here')
    expect(textOf(await show(`/runs/${failed.executionId}`))).toContain('Please sign in first.')
    const list = textOf(await show('/flows'))
    expect(list).toMatch(/failed step-up .* waiting sign-up-or-in/)
  })

  it('shows a run with the version it ran, also after the flow has changed', async () => {
    const { show, idp } = openConsole()
    const { executionId } = await idp.flows.run('sign-up-or-in', { screens: [good] })
    idp.flows.put({ id: 'sign-up-or-in', start: 'end', nodes: { end: { kind: 'end', outcome: 'failure' } } })
    expect(visitsOf(await show(`/runs/${executionId}`))).toMatchObject({ 'Sign in': '2' })
  })
})
