import { role } from '@countersign/core'
import { CountersignProvider, Guard, useAccess, useAccessToken, useClient, useSession } from '@countersign/react'
import { client } from './client.ts'

export function App() {
  return (
    <CountersignProvider client={client}>
      <Guard pending={<p>One moment</p>}>
        <Orders />
      </Guard>
    </CountersignProvider>
  )
}

function Orders() {
  const session = useSession()
  const { logout } = useClient()
  const getAccessToken = useAccessToken()
  const canEdit = useAccess(role('editor')).allowed
  const save = async () => {
    const headers = { authorization: `Bearer ${await getAccessToken()}` }
    await fetch('https://api.example/orders', { method: 'POST', headers })
  }
  if (session.status !== 'authenticated') return null
  return (
    <main>
      <h1>Orders of {session.claims.name}</h1>
      {canEdit && (
        <button type="button" onClick={save}>
          Save
        </button>
      )}
      <button type="button" onClick={() => logout()}>
        Sign out
      </button>
    </main>
  )
}
