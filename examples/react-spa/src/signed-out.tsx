import type { OidcError } from '@countersign/core'
import type { SignedOutReason } from '@countersign/core/browser'
import { useClient } from '@countersign/react'
import { type ReactNode, useEffect, useRef, useState } from 'react'

const explanations: Record<SignedOutReason, string> = {
  never: 'The identity provider asks for your password. Then you are back on this page, at this very address.',
  'signed-out': 'You are signed out of this app, in every tab. Your session at the identity provider goes on.',
  expired: 'Your session has ended.',
  'user-changed': 'Somebody else is signed in at the identity provider now.',
  'idle-timeout': 'You were away for long, so you are signed out.',
  'absolute-timeout': 'This session has lasted as long as it may.',
}

interface SignedOutProps {
  readonly reason: SignedOutReason
  readonly error: OidcError | undefined
}

export function SignedOut({ reason, error }: SignedOutProps): ReactNode {
  const client = useClient()
  const [failure, setFailure] = useState<string>()
  const heading = useRef<HTMLHeadingElement>(null)
  const login = (parameters = {}) => client.login({ parameters }).catch((error: Error) => setFailure(error.message))

  useEffect(() => {
    // The button that had the focus is gone.
    if (reason === 'signed-out') heading.current?.focus()
  }, [reason])

  const problem = failure ?? error?.message
  return (
    <section className="card" aria-labelledby="hello">
      <h1 id="hello" ref={heading} tabIndex={-1}>
        {reason === 'never' ? 'You are not signed in' : 'Signed out'}
      </h1>
      <p>{explanations[reason]}</p>
      {problem && (
        <p className="refused" role="alert">
          {problem}
        </p>
      )}
      <p className="buttons">
        <button type="button" onClick={() => login()}>
          Sign in
        </button>
        {reason !== 'never' && (
          <button type="button" className="quiet" onClick={() => login({ prompt: 'login' })}>
            Sign in as somebody else
          </button>
        )}
      </p>
      <p className="soft">
        The <a href={import.meta.env.VITE_IDP_URL}>mock identity provider</a> lists users and passwords. To see that a
        login keeps the address, start at <a href="/contacts?sort=company#top">/contacts?sort=company#top</a>.
      </p>
    </section>
  )
}
