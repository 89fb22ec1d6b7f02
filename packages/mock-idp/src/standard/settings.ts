import {
  type Check,
  flag,
  listOf,
  mapOf,
  matching,
  oneOf,
  shape,
  text,
  urlMatching,
  whole,
  withSchema,
} from '../config/shape.ts'

/** A type of `authorization_details` (RFC 9396 section 2): what entries of it have. */
export interface AuthorizationDetailsType {
  /** Value of the member `type`; one resource alone has it. */
  readonly type: string
  /** What entries of it allow, on the consent page. Default the type. */
  readonly description?: string
  /** Members that an entry must have. Default none. */
  readonly required?: readonly string[]
  /** Further members that an entry may have, beside those of RFC 9396 section 2.2. Default any. */
  readonly members?: readonly string[]
}

/** An API that access tokens can be for (RFC 8707). */
export interface ResourceConfig {
  /** Absolute URI without a fragment; the `aud` of its tokens. */
  readonly identifier: string
  /** Scopes that mean something there. Default none. */
  readonly scopes?: readonly string[]
  /** Types of `authorization_details` that mean something there (RFC 9396). Default none. */
  readonly authorizationDetailsTypes?: readonly AuthorizationDetailsType[]
  /** `jwt`: by RFC 9068. `opaque`: found by introspection alone. Default `jwt`. */
  readonly format?: 'jwt' | 'opaque'
  /** Life of its access tokens in seconds. Default `lifetimes.accessTokenSeconds`. */
  readonly lifetimeSeconds?: number
  /** Client ids that may introspect its tokens beside the client a token was issued to. Default none. */
  readonly introspectors?: readonly string[]
}

/** A level of authentication: a value of `acr` and the login that reaches it. */
export interface AcrLevel {
  /** Value of the claim `acr` and of `acr_values`. */
  readonly value: string
  /** Methods (`amr`) that a session must have for this level. */
  readonly amr: readonly string[]
  /** Id of the flow that reaches it. Default `sign-up-or-in`. */
  readonly flow?: string
}

/** Switches of the standard profile. */
export interface StandardSettings {
  /** Levels of authentication, weakest first. Default `urn:mock:acr:pwd` and `urn:mock:acr:mfa`. */
  readonly acr?: readonly AcrLevel[]
  /**
   * `required`: a proof without the nonce of `DPoP-Nonce` is refused. `offered`: nonces are given out, proofs without one
   * are good as well. `off`: no nonces (RFC 9449 sections 8 and 9). Default `required`.
   */
  readonly dpopNonces?: 'required' | 'offered' | 'off'
  /** Every token request needs a DPoP proof, whatever the client is registered for. Default false. */
  readonly requireDpop?: boolean
  /** Every authorization request must be pushed, whatever the client is registered for. Default false. */
  readonly requirePar?: boolean
  /**
   * Who may register clients: everybody, who has one of `initialAccessTokens` (RFC 7591 section 3), or nobody, as there is
   * no such endpoint. Default `protected` with `initialAccessTokens`, else `open`.
   */
  readonly registration?: 'open' | 'protected' | 'off'
  /** Initial access tokens, each good for any number of clients. Needed for `protected`. Default none. */
  readonly initialAccessTokens?: readonly string[]
  /**
   * Hosts (`client.example`, or with a port) that the provider may call over https for client metadata documents, key
   * sets and back-channel logout. Loopback is always allowed. Default none.
   */
  readonly allowNetwork?: readonly string[]
  /** Carries those calls. Default the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
  /** What scopes mean, on the consent page. Default the name of the scope. */
  readonly scopeDescriptions?: Readonly<Record<string, string>>
}

/** What a {@link ResourceConfig} may hold at run time. */
export const resourceShape: Check = shape({
  required: {
    identifier: urlMatching(/^[a-z][a-z0-9+.-]*:[^\s#]+$/i, 'an absolute URI without a fragment (RFC 8707 2)'),
  },
  optional: {
    scopes: listOf(matching(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'a scope name')),
    authorizationDetailsTypes: listOf(
      shape({
        required: { type: matching(/^.{1,200}$/, '1 to 200 characters') },
        optional: { description: text, required: listOf(text), members: listOf(text) },
      }),
    ),
    format: oneOf('jwt', 'opaque'),
    lifetimeSeconds: whole(1),
    introspectors: listOf(text),
  },
})

/** What {@link StandardSettings} may hold at run time. */
export const standardSettingsShape: Check = shape({
  optional: {
    acr: listOf(shape({ required: { value: text, amr: listOf(text) }, optional: { flow: text } })),
    dpopNonces: oneOf('required', 'offered', 'off'),
    requireDpop: flag,
    requirePar: flag,
    registration: oneOf('open', 'protected', 'off'),
    initialAccessTokens: listOf(matching(/^[\w.~+/-]+=*$/, 'a token in the characters of RFC 6750 2.1')),
    allowNetwork: listOf(text),
    fetch: withSchema((value, path) => {
      if (typeof value !== 'function') throw new TypeError(`${path}: expected a function`)
    }, false),
    scopeDescriptions: mapOf(text),
  },
})

/** {@link StandardSettings} with their defaults. */
export type ResolvedSettings = Required<Omit<StandardSettings, 'allowNetwork' | 'fetch'>>

/** Fills the defaults in. */
export function resolveSettings(given: StandardSettings = {}): ResolvedSettings {
  const { initialAccessTokens = [] } = given
  if ((given.registration ?? 'protected') !== 'protected' && initialAccessTokens.length > 0) {
    throw new TypeError(
      `config.standard.initialAccessTokens: nobody asks for them with registration ${given.registration}`,
    )
  }
  if (given.registration === 'protected' && initialAccessTokens.length === 0) {
    throw new TypeError('config.standard.registration: protected needs initialAccessTokens')
  }
  return {
    acr: [
      { value: 'urn:mock:acr:pwd', amr: ['pwd'] },
      { value: 'urn:mock:acr:mfa', amr: ['mfa'], flow: 'sign-in-with-second-factor' },
    ],
    dpopNonces: 'required',
    requireDpop: false,
    requirePar: false,
    registration: initialAccessTokens.length > 0 ? 'protected' : 'open',
    initialAccessTokens,
    scopeDescriptions: {
      profile: 'See your name and picture',
      email: 'See your e-mail address',
      phone: 'See your phone number',
      offline_access: 'Keep access while you are away',
    },
    ...given,
  }
}
