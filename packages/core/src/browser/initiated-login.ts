/** Logins that a third party starts, such as a portal of apps (OpenID Connect Core 1.0 section 4). */
import { ProtocolError } from '../errors.ts'
import type { BrowserClient } from './client.ts'
import { partsOf } from './client-parts.ts'

/**
 * Takes a request to start a login, and sends the user to the provider: with a state and a nonce of its own, like any
 * other login, and to no other provider than that of the client. Call it in the page that is registered as
 * `initiate_login_uri`, in place of `client.start()`. Where somebody is signed in already, the provider may ask nothing.
 *
 * The user comes back to `target_link_uri` when that is a page of this origin, and else to `/`. The third one within a
 * minute that signs nobody in is refused, as any login that no user of the app asked for.
 *
 * @param client - A client of `createBrowserClient`.
 * @param request - The address of the page, or the fields of a POST, which a host hands over. Default: the current page.
 * @throws {ProtocolError} `OIDC_LOGIN_INITIATION_INVALID` when `iss` is missing or not the issuer of the client, or a
 *   parameter is repeated; else as `client.login`.
 * @throws {ConfigurationError} `OIDC_FOREIGN_FRAME`, as `client.login`.
 * @see OpenID Connect Core 1.0 section 4
 */
export async function initiateLogin(
  client: BrowserClient,
  request: string | URLSearchParams = location.href,
): Promise<void> {
  const { issuer } = partsOf(client).options
  const given = typeof request === 'string' ? new URL(request).searchParams : request
  const one = (name: string) => {
    const [value, ...more] = given.getAll(name)
    if (more.length > 0) throw refusal(`has ${name} twice`)
    return value
  }
  const [iss, target, hint] = ['iss', 'target_link_uri', 'login_hint'].map(one)
  if (iss !== issuer) throw refusal(`names ${iss === undefined ? 'no issuer' : 'another issuer'}`)
  await client.login({ returnTo: target || '/', parameters: { login_hint: hint || undefined }, automatic: true })

  function refusal(what: string): ProtocolError {
    const message = `The request to start a login ${what}. It needs one iss, ${issuer}.`
    return new ProtocolError('OIDC_LOGIN_INITIATION_INVALID', message, 'authorization')
  }
}
