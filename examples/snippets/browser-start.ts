import { createBrowserClient } from '@countersign/core/browser'
import { descopeBrowser } from '@countersign/core/descope'

const preset = descopeBrowser({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' })
const client = createBrowserClient({ ...preset, redirectUri: `${location.origin}/callback` })

client.subscribe(() => {
  const session = client.getSnapshot()
  document.title = session.status === 'authenticated' ? `Hello, ${session.claims.name}` : 'Signed out'
})
client.start()
document.querySelector('#login')?.addEventListener('click', () => client.login())
