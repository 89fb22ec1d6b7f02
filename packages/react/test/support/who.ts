import { createElement, type ReactNode } from 'react'
import { useSession } from '../../src/index.ts'

/** Shows the name of the user, or the status. */
export function Who(): ReactNode {
  const session = useSession()
  return createElement('p', null, session.status === 'authenticated' ? String(session.claims.name) : session.status)
}
