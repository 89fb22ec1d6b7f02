import type { BrowserClient } from '@countersign/core/browser'
import { mount, type VueWrapper } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { createCountersign, useSession } from '../../src/index.ts'

/** Shows the name of the user, or the status. */
export const Who = defineComponent(() => {
  const session = useSession()
  return () =>
    h('p', session.value.status === 'authenticated' ? String(session.value.claims.name) : session.value.status)
})

/** Runs a setup function in an app with the plugin. */
export function withSetup<Result>(client: BrowserClient, setup: () => Result): { result: Result; wrapper: VueWrapper } {
  let result: Result | undefined
  const Probe = defineComponent(() => {
    result = setup()
    return () => null
  })
  const wrapper = mount(Probe, { global: { plugins: [createCountersign(client)] } })
  return { result: result as Result, wrapper }
}
