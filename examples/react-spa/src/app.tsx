import { useClient, useSession } from '@countersign/react'
import { type ReactNode, useEffect, useState } from 'react'
import { AccessToken } from './access-token.tsx'
import { ApiCalls } from './api-calls.tsx'
import { SignedOut } from './signed-out.tsx'
import { UserProfile } from './user-profile.tsx'

export function App(): ReactNode {
  const client = useClient()
  const session = useSession()

  return (
    <>
      <header>
        <p className="brand">
          Countersign <span>example in React</span>
        </p>
        {session.status === 'authenticated' && (
          <button type="button" className="quiet" onClick={() => void client.logout()}>
            Sign out
          </button>
        )}
      </header>
      <main id="top">
        {session.status === 'pending' && <p role="status">Finding out who is signed in…</p>}
        {session.status === 'ending' && <p role="status">Signing out…</p>}
        {session.status === 'unauthenticated' && <SignedOut reason={session.reason} error={session.error} />}
        {session.status === 'authenticated' && (
          <>
            <UserProfile claims={session.claims} />
            <AccessToken session={session} />
            <ApiCalls />
          </>
        )}
      </main>
      <footer>
        <p>
          This page is at <CurrentAddress />, also after a login.
        </p>
      </footer>
    </>
  )
}

function CurrentAddress(): ReactNode {
  const [address, setAddress] = useState('')
  useSession()
  useEffect(() => {
    // The client tells about the session, and then takes its response out of the address.
    const timer = setTimeout(() => setAddress(location.href.slice(location.origin.length)))
    return () => clearTimeout(timer)
  })
  return <code>{address}</code>
}
