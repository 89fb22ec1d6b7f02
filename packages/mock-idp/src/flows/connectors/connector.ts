/** The settings of a connector (IDP-SPEC 4.5). */
import { type Check, choice, flag, listOf, mapOf, matching, oneOf, shape, text } from '../../config/shape.ts'

/** How a connector authenticates to its service. */
export type ConnectorAuthentication =
  | { readonly type: 'none' }
  | { readonly type: 'bearerToken'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'apiKey'; readonly header: string; readonly value: string }
  | {
      readonly type: 'oauth2ClientCredentials'
      readonly clientId: string
      readonly clientSecret: string
      /** Token endpoint; its requests follow the network rules of the connector. */
      readonly tokenUrl: string
      /** Where the credentials stand. Default `header`. */
      readonly style?: 'header' | 'body'
      readonly scopes?: readonly string[]
      /** Further headers of the token request. */
      readonly headers?: Readonly<Record<string, string>>
    }

/** A reusable link from flows to an outside service. */
export interface ConnectorConfig {
  /** Id, which nodes name. */
  readonly id: string
  /** Name in the runner log, 1 to 100 characters, unique. */
  readonly name: string
  /** Free text without effect. */
  readonly description?: string
  /** `http`, or a type of `config.connectorHandlers`. Default `http`. */
  readonly type?: string
  /** Scheme, host and base path; endpoints of nodes are joined to it. */
  readonly baseUrl: string
  /** Default `none`. */
  readonly authentication?: ConnectorAuthentication
  /** Headers of every request. Default none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Signs the body: header `x-descope-webhook-s256`. */
  readonly hmacSecret?: string
  /** Trust any certificate of an https service. Only on Node; elsewhere its calls fail. Default false. */
  readonly insecure?: boolean
  /** Adds the headers of an answer to what is kept of it. Default false. */
  readonly includeHeadersInContext?: boolean
}

/** A connector as the mock keeps it. */
export interface Connector extends ConnectorConfig {
  /** Connector type: `http`, or one that `connectorHandlers` answers. */
  readonly type: string
  /** How requests authenticate. */
  readonly authentication: ConnectorAuthentication
  /** Headers of every request. */
  readonly headers: Readonly<Record<string, string>>
  /** Any certificate is trusted. */
  readonly insecure: boolean
  /** Response headers are kept in the context beside the body. */
  readonly includeHeadersInContext: boolean
}

const authenticationShapes: Readonly<Record<ConnectorAuthentication['type'], Check>> = {
  none: shape({ required: { type: oneOf('none') } }),
  bearerToken: shape({ required: { type: oneOf('bearerToken'), token: text } }),
  basic: shape({ required: { type: oneOf('basic'), username: text, password: text } }),
  apiKey: shape({ required: { type: oneOf('apiKey'), header: matching(/^[\w-]+$/, 'a header name'), value: text } }),
  oauth2ClientCredentials: shape({
    required: {
      type: oneOf('oauth2ClientCredentials'),
      clientId: text,
      clientSecret: text,
      tokenUrl: matching(/^https?:\/\/[^\s]+$/, 'a URL'),
    },
    optional: { style: oneOf('header', 'body'), scopes: listOf(text), headers: mapOf(text) },
  }),
}

const authenticationType: Check = shape({ required: { type: oneOf(...Object.keys(authenticationShapes)) } })

const authentication: Check = choice(
  (value) => {
    const type: unknown = Reflect.get(Object(value), 'type')
    const known = typeof type === 'string' && Object.hasOwn(authenticationShapes, type)
    return known ? authenticationShapes[type as ConnectorAuthentication['type']] : authenticationType
  },
  ...Object.values(authenticationShapes),
)

/** What a {@link ConnectorConfig} may hold at run time. */
export const connectorShape: Check = shape({
  required: {
    id: matching(/^[\w.-]{1,100}$/, 'an id of letters, digits, "-", "_" and "."'),
    name: matching(/^.{1,100}$/s, 'a name of 1 to 100 characters'),
    baseUrl: matching(/^https?:\/\/[^\s?#/@]+(\/[^\s?#]*)?$/, 'a URL without user, query and fragment'),
  },
  optional: {
    description: text,
    type: text,
    authentication,
    headers: mapOf(text),
    hmacSecret: text,
    insecure: flag,
    includeHeadersInContext: flag,
  },
})

/**
 * Checks a connector and fills its defaults in.
 *
 * @param types - Types beside `http` that have a handler.
 */
export function buildConnector(given: ConnectorConfig, path: string, types: readonly string[]): Connector {
  connectorShape(given, path)
  const { type = 'http' } = given
  if (type !== 'http' && !types.includes(type)) {
    const allowed = ['http', ...types].join(', ')
    throw new TypeError(`${path}.type: ${JSON.stringify(type)} has no handler; allowed are ${allowed}`)
  }
  return Object.freeze({
    authentication: { type: 'none' as const },
    headers: {},
    insecure: false,
    includeHeadersInContext: false,
    ...given,
    type,
  })
}
