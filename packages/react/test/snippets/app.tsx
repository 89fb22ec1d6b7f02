import { role } from '@countersign/core'
import { createBrowserClient } from '@countersign/core/browser'
import { CountersignProvider, Guard, useAccess } from '@countersign/react'

const client = createBrowserClient({
  issuer: 'https://idp.example',
  clientId: 'my-app',
  redirectUri: 'https://app.example/callback',
})

export const App = () => (
  <CountersignProvider client={client}>
    <Guard pending="One moment">
      <Orders />
    </Guard>
  </CountersignProvider>
)

function Orders() {
  const { allowed } = useAccess(role('editor'))
  return <p>{allowed ? 'You may edit orders.' : 'You may read orders.'}</p>
}
