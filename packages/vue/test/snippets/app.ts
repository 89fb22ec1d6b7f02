import { role } from '@countersign/core'
import { useAccess, useClient, useSession } from '@countersign/vue'
import { defineComponent, h } from 'vue'

export default defineComponent(() => {
  const session = useSession()
  const editing = useAccess(role('editor'))
  const { login, logout } = useClient()
  return () =>
    session.value.status === 'authenticated'
      ? h('button', { onClick: () => logout(), disabled: !editing.value.allowed }, session.value.claims.name)
      : h('button', { onClick: () => login() }, 'Sign in')
})
