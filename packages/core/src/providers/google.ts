import { allOf, anyOf, claim } from '../access/rule.ts'
import { checkOptions, isListOfTexts, textOrTexts } from '../options.ts'
import { callerOf, type ProviderApiPreset } from './provider-options.ts'

/** Options of {@link googleApi}. */
export interface GoogleApiOptions {
  /** What callers ask an ID token for, most often the URL of this API. */
  readonly audience: string | readonly string[]
  /** E-mail addresses of the service accounts that may call, such as `jobs@acme.iam.gserviceaccount.com`. */
  readonly serviceAccounts: readonly string[]
}

/**
 * Options of an access-token verifier for calls between services that Google signs ID tokens for.
 *
 * Access tokens of Google are opaque and for its own APIs, so an API of yours can not check them. Every service account in
 * the world can get an ID token for any audience: only those listed are let in. There are no scopes and no roles.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/providers.ts
 */
export function googleApi(options: GoogleApiOptions): ProviderApiPreset {
  checkOptions(
    options,
    {
      audience: textOrTexts,
      serviceAccounts: ['a list of addresses that end in .gserviceaccount.com', isListOfServiceAccounts],
    },
    ['audience', 'serviceAccounts'],
  )
  const { audience, serviceAccounts } = options
  return {
    issuer: 'https://accounts.google.com',
    audience,
    jwksUri: 'https://www.googleapis.com/oauth2/v3/certs',
    profile: 'jwt',
    tokenRule: allOf(claim('email_verified', true), anyOf(...serviceAccounts.map((email) => claim('email', email)))),
    rightsOf: () => ({}),
    principalOf: (claims) => callerOf(claims, true, claims.azp),
  }
}

function isListOfServiceAccounts(value: unknown): boolean {
  return (
    isListOfTexts(value) &&
    value.length > 0 &&
    value.every((email) => /^[^@]+@[\w.-]+\.gserviceaccount\.com$/.test(email))
  )
}
