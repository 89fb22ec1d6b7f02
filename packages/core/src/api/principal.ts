import type { AccessTokenClaims } from '../claims.ts'

/** Who calls. */
export interface Principal {
  /** `user`: a person. `client`: a client by itself. `access-key`: an access key of the Descope-like service. */
  readonly type: 'user' | 'client' | 'access-key'
  /** `sub` of the token. */
  readonly id: string
  /** The client that got the token, when the token says so. */
  readonly clientId: string | undefined
}

/**
 * Tells whether a person or a machine calls: a machine token has no `amr`, and its `sub` is the client or an access key.
 *
 * @param claims - Claims of a verified token.
 */
export function readPrincipal(claims: AccessTokenClaims): Principal {
  const clientId = claims.azp ?? claims.client_id
  const machine = claims.amr === undefined
  const type = !machine
    ? 'user'
    : claims.sub === clientId
      ? 'client'
      : isAccessKeyId(claims.sub)
        ? 'access-key'
        : 'user'
  return { type, id: claims.sub, clientId }
}

/** Access keys of the Descope-like service are named `K` and 27 or 31 letters or digits. */
function isAccessKeyId(subject: string): boolean {
  return /^K[A-Za-z0-9]{27}([A-Za-z0-9]{4})?$/.test(subject)
}
