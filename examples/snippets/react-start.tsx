import { createBrowserClient } from '@countersign/core/browser'
import { descopeBrowser } from '@countersign/core/descope'
import { CountersignProvider, Guard, useSession } from '@countersign/react'
import { createRoot } from 'react-dom/client'

const client = createBrowserClient({
  ...descopeBrowser({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' }),
  redirectUri: `${location.origin}/callback`,
})

function Hello() {
  const session = useSession()
  return session.status === 'authenticated' && <h1>Hello, {session.claims.name}</h1>
}

createRoot(document.body).render(
  <CountersignProvider client={client}>
    <Guard>
      <Hello />
    </Guard>
  </CountersignProvider>,
)
