import type { IdTokenClaims } from '@countersign/core'
import { type ReactNode, useState } from 'react'

/** Who is signed in, from the claims of the verified ID token. */
export function UserProfile({ claims }: { readonly claims: IdTokenClaims }): ReactNode {
  const { name = claims.sub, email, email_verified, picture, roles = [], permissions = [], tenants = {} } = claims
  const [broken, setBroken] = useState(false)
  const initials = name.split(' ').map((word) => word[0])

  return (
    <section className="card" aria-labelledby="profile">
      <div className="person">
        <span className="avatar" aria-hidden="true">
          {initials.slice(0, 2).join('')}
          {picture && !broken && (
            <img src={picture} alt="" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
          )}
        </span>
        <div>
          <h1 id="profile">{name}</h1>
          <p className="soft">
            {email} {email_verified ? '(verified)' : '(not verified)'}
          </p>
        </div>
      </div>
      <dl>
        <dt>Roles</dt>
        <dd>{roles.join(', ') || 'none'}</dd>
        <dt>Permissions</dt>
        <dd>{permissions.join(', ') || 'none'}</dd>
        <dt>Tenants</dt>
        <dd>
          {Object.entries(tenants).map(([id, rights]) => (
            <p key={id}>
              <code>{id}</code> {rights.roles?.join(', ')}
            </p>
          ))}
          {Object.keys(tenants).length === 0 && 'none'}
        </dd>
      </dl>
    </section>
  )
}
