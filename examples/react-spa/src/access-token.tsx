import type { SessionState } from '@countersign/core/browser'
import { useClient } from '@countersign/react'
import { type ReactNode, useEffect, useState } from 'react'

interface AccessTokenProps {
  readonly session: Extract<SessionState, { status: 'authenticated' }>
}

/** What the access token is good for, and for how long. The token itself is never in the state of the page. */
export function AccessToken({ session: { scopes, expiresAt, renewing } }: AccessTokenProps): ReactNode {
  const client = useClient()
  const now = useNow()
  const [message, setMessage] = useState('')

  const renew = async () => {
    try {
      await client.renew()
      setMessage('Renewed with the refresh token.')
    } catch (error) {
      setMessage(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <section className="card" aria-labelledby="token">
      <h2 id="token">Access token</h2>
      <dl>
        <dt>Granted scopes</dt>
        <dd>
          <ul className="scopes" aria-label="Granted scopes">
            {[...scopes].map((scope) => (
              <li key={scope}>{scope}</li>
            ))}
          </ul>
        </dd>
        {expiresAt && (
          <>
            <dt>Expires</dt>
            <dd>
              <time dateTime={new Date(expiresAt).toISOString()}>
                {new Date(expiresAt).toLocaleTimeString('en-GB')}
              </time>
              <span className="soft">, in {minutes(expiresAt - now)}</span>
            </dd>
          </>
        )}
      </dl>
      <p className="buttons">
        <button type="button" className="quiet" onClick={renew} aria-disabled={renewing}>
          Renew now
        </button>
        <span role="status">{message}</span>
      </p>
    </section>
  )
}

/** The time, once a second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`
}
