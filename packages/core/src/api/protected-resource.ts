/** The metadata document of an API (RFC 9728): which authorization servers it trusts and which scopes it knows. */
import { ConfigurationError } from '../errors.ts'
import { checkOptions, isListOfTexts, isSecureUrl, type OptionRule, secureUrl, someTexts, texts } from '../options.ts'

/** Options of {@link createProtectedResource}. */
export interface ProtectedResourceOptions {
  /**
   * Resource identifier of the API: an https URL without fragment. It appears in the document exactly as given here, and
   * clients compare it as text.
   */
  readonly resource: string
  /** Issuer identifiers of the authorization servers whose tokens the API takes, at least one. */
  readonly authorizationServers: readonly string[]
  /**
   * Scopes that a request can need, or a function that gives them, such as `() => accessRulesOf(app).flatMap(...)`. Each
   * appears once. Default: the document does not say.
   */
  readonly scopes?: readonly string[] | (() => readonly string[])
  /** Name of the API, for people. Default none. */
  readonly resourceName?: string
  /** Page with the documentation for developers. Default none. */
  readonly resourceDocumentation?: string
  /** Page about what clients may do with the data. Default none. */
  readonly resourcePolicyUri?: string
  /** Page with the terms of service. Default none. */
  readonly resourceTosUri?: string
  /** Algorithms that the API takes in proofs of possession (RFC 9449). Default: the document does not say. */
  readonly dpopAlgorithms?: readonly string[]
  /** Whether the API takes only tokens that are bound to a key (RFC 9449). Default false. */
  readonly dpopRequired?: boolean
  /** Further members of the document, such as `resource_name#de` or those of another specification. None of the above. Default none. */
  readonly additionalMetadata?: Readonly<Record<string, unknown>>
  /** How long clients may keep the document, in seconds, 0 to 86400. Default 3600. */
  readonly maxAgeSeconds?: number
}

/** The document (RFC 9728 section 2). */
export interface ProtectedResourceMetadata {
  /** Resource identifier, as configured. */
  readonly resource: string
  /** Issuer identifiers. */
  readonly authorization_servers: readonly string[]
  /** Scopes that a request can need. */
  readonly scopes_supported?: readonly string[]
  /** Where a token may stand: in the header only. */
  readonly bearer_methods_supported: readonly ['header']
  /** Any other member. */
  readonly [member: string]: unknown
}

/** The metadata of an API, ready to be served. */
export interface ProtectedResource {
  /** URL of the document, for the option `resourceMetadata` of challenges and guards. */
  readonly metadataUrl: string
  /** Path and query of that URL: the well-known name stands in front of the path of the API (RFC 9728 section 3.1). */
  readonly metadataPath: string
  /** The document as of now. */
  metadata(): ProtectedResourceMetadata
  /**
   * Answers a request for the document: GET, HEAD and a preflight, for pages of every origin.
   *
   * @param request - Method and URL; only path and query of the URL count.
   * @returns Undefined for a request to another path. 405 for other methods.
   */
  respond(request: { readonly method: string; readonly url: string }): Response | undefined
}

const wellKnown = '/.well-known/oauth-protected-resource'

/**
 * Creates the metadata of an API.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 9728 sections 2 and 3
 * @example source: examples/snippets/resource-metadata.ts
 */
export function createProtectedResource(options: ProtectedResourceOptions): ProtectedResource {
  checkOptions(
    options,
    {
      resource: resourceIdentifier,
      authorizationServers: ['a list of https URLs with at least one member', isListOfUrls],
      scopes: typeof options.scopes === 'function' ? 'function' : texts,
      resourceName: 'string',
      resourceDocumentation: secureUrl,
      resourcePolicyUri: secureUrl,
      resourceTosUri: secureUrl,
      dpopAlgorithms: someTexts,
      dpopRequired: 'boolean',
      additionalMetadata: 'object',
      maxAgeSeconds: [0, 86_400],
    },
    ['resource', 'authorizationServers'],
  )
  const { resource, scopes, maxAgeSeconds = 3600 } = options
  const { origin, path } = splitIdentifier(resource)
  const metadataPath = `${wellKnown}${path}`
  const fixed = fixedMembers(options)
  const clash = Object.keys(options.additionalMetadata ?? {}).find((name) => known.includes(name))
  if (clash) throw new ConfigurationError('OIDC_OPTION_INVALID', `"additionalMetadata" may not hold ${clash}.`)

  const metadata = (): ProtectedResourceMetadata => {
    const listed = typeof scopes === 'function' ? scopes() : scopes
    return { ...fixed, ...(listed ? { scopes_supported: [...new Set(listed)] } : {}) }
  }
  return {
    metadataUrl: `${origin}${metadataPath}`,
    metadataPath,
    metadata,
    respond({ method, url }) {
      if (pathAndQuery(url) !== metadataPath) return undefined
      if (method === 'OPTIONS') return new Response(null, { status: 204, headers: preflightHeaders })
      if (method !== 'GET' && method !== 'HEAD') {
        return new Response(null, { status: 405, headers: { allow: 'GET, HEAD, OPTIONS', ...corsHeaders } })
      }
      const headers = {
        'content-type': 'application/json',
        'cache-control': `public, max-age=${maxAgeSeconds}`,
        ...corsHeaders,
      }
      return new Response(method === 'HEAD' ? null : JSON.stringify(metadata()), { headers })
    },
  }
}

/** Members of the document that have an option of their own. */
const known = [
  'resource',
  'authorization_servers',
  'scopes_supported',
  'bearer_methods_supported',
  'resource_name',
  'resource_documentation',
  'resource_policy_uri',
  'resource_tos_uri',
  'dpop_signing_alg_values_supported',
  'dpop_bound_access_tokens_required',
]

/** The document is public and the same for everyone. */
const corsHeaders = { 'access-control-allow-origin': '*' } as const
const preflightHeaders = {
  ...corsHeaders,
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
} as const

function fixedMembers(options: ProtectedResourceOptions): ProtectedResourceMetadata {
  const optional = {
    resource_name: options.resourceName,
    resource_documentation: options.resourceDocumentation,
    resource_policy_uri: options.resourcePolicyUri,
    resource_tos_uri: options.resourceTosUri,
    dpop_signing_alg_values_supported: options.dpopAlgorithms,
    dpop_bound_access_tokens_required: options.dpopRequired,
  }
  return {
    ...options.additionalMetadata,
    resource: options.resource,
    authorization_servers: options.authorizationServers,
    bearer_methods_supported: ['header'],
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

/** RFC 9728 section 1.2: an https URL without fragment (http on loopback hosts). */
const resourceIdentifier: OptionRule = [
  'an https URL (http on loopback hosts) without fragment and user name',
  (value) => isSecureUrl(value) && !/[#\s\\]/.test(value as string) && !new URL(value as string).username,
]

/** Cuts the text itself: a URL parser would change it, and clients compare texts. */
function splitIdentifier(resource: string): { origin: string; path: string } {
  const [, origin = '', path = ''] = /^([^/]+:\/\/[^/?]+)(.*)$/.exec(resource) ?? []
  // RFC 9728 section 3.1: a slash that ends the host is left out.
  return { origin, path: path === '/' ? '' : path.replace(/^\/\?/, '?') }
}

function pathAndQuery(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?]*/i, '')
}

function isListOfUrls(value: unknown): boolean {
  return isListOfTexts(value) && value.length > 0 && value.every(isSecureUrl)
}
