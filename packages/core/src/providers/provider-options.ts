/** What the presets share: the forms of their options, and how rights are read from claims. */

import type { Principal } from '../api/principal.ts'
import type { AccessTokenVerifierOptions } from '../api/verifier-options.ts'
import type { BrowserClientOptions } from '../browser/browser-client-options.ts'
import type { AccessTokenClaims, AuthorizationClaims } from '../claims.ts'
import { isListOfTexts, type OptionRule } from '../options.ts'

/** Options of an access-token verifier for one provider; spread them, and add what your API needs beside. */
export type ProviderApiPreset = Required<
  Pick<
    AccessTokenVerifierOptions,
    'issuer' | 'audience' | 'jwksUri' | 'profile' | 'tokenRule' | 'rightsOf' | 'principalOf'
  >
>

/** Options of a browser client for one provider; spread them and add `redirectUri`. */
export type ProviderBrowserPreset = Required<Pick<BrowserClientOptions, 'issuer' | 'clientId' | 'scope'>> &
  Pick<BrowserClientOptions, 'authorizationParameters'>

/** Options that the browser presets share. */
export interface ProviderBrowserOptions {
  /** Id of this app at the provider. */
  readonly clientId: string
  /** Scopes to request beside `openid profile email`, such as those of your API. Default none. */
  readonly scopes?: readonly string[]
  /** Requests a refresh token (`offline_access`), so that a renewal needs no third-party cookie. Default false. */
  readonly offlineAccess?: boolean
}

/** The host name of a provider, as in `acme.eu.auth0.com`. */
export const hostName: OptionRule = [
  'a host name without scheme and path',
  (value) => typeof value === 'string' && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value),
]

/** A name that stands in the path of an issuer. */
export const pathSegment: OptionRule = [
  'letters, digits, -, _ and .',
  (value) => typeof value === 'string' && /^[\w.-]+$/.test(value) && !/^\.+$/.test(value),
]

/** The scope of a login. */
export function scopeOf({ scopes = [], offlineAccess }: ProviderBrowserOptions): string {
  return ['openid profile email', ...(offlineAccess ? ['offline_access'] : []), ...scopes].join(' ')
}

/** The texts of some lists; what is no list of texts counts as empty. */
export function textsOf(...lists: readonly unknown[]): readonly string[] {
  return lists.flatMap((list) => (isListOfTexts(list) ? list : []))
}

/** A member of a claim that should be an object. */
export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** Rights with the current tenant where the token names one. */
export function rightsWith(tenant: unknown, rights: AuthorizationClaims): AuthorizationClaims {
  return typeof tenant === 'string' ? { ...rights, dct: tenant } : rights
}

/** A caller by `sub`. */
export function callerOf(claims: AccessTokenClaims, machine: boolean, clientId: unknown): Principal {
  return {
    type: machine ? 'client' : 'user',
    id: claims.sub,
    clientId: typeof clientId === 'string' ? clientId : undefined,
  }
}
