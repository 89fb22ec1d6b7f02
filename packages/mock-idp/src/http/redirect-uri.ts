import type { ClientApp } from '../clients.ts'
import type { Project } from '../project.ts'

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Tells whether a redirect URI is allowed for an application (IDP-SPEC 2.15): by the application's list, else by the
 * approved domains of the project, else only when `allowAnyRedirect` is set.
 */
export function isRedirectAllowed(project: Project, app: ClientApp, uri: string): boolean {
  // Without a fragment, and in the characters of a URI: another one does not fit into `Location` (RFC 3986 section 2).
  if (!/^[\x21\x22\x24-\x7e]+$/.test(uri) || !URL.canParse(uri)) return false
  const entries = entriesOf(app)
  if (entries.length > 0) return entries.some((entry) => matchesEntry(entry, uri))
  if (project.approvedDomains.length > 0) return isApprovedDomain(project.approvedDomains, uri)
  return project.allowAnyRedirect
}

/** True when neither application nor project lists anything and `allowAnyRedirect` is set. */
export function takesAnyRedirect(project: Project, app: ClientApp): boolean {
  return project.allowAnyRedirect && entriesOf(app).length === 0 && project.approvedDomains.length === 0
}

function entriesOf(app: ClientApp): readonly string[] {
  return app.kind === 'inbound' ? app.approvedCallbackUrls : app.redirectUris
}

function isApprovedDomain(domains: readonly string[], uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  if (protocol !== 'https:' && protocol !== 'http:') return false
  return domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))
}

/** A browser goes another way than such a path says, so that a pattern would not hold it. */
const dotSegment = /\/(\.|%2e){1,2}(\/|$)/i

/** Scheme and port exact; `*` stands for one host label or for path characters; any port when the entry is loopback. */
function matchesEntry(entry: string, uri: string): boolean {
  if (entry === uri) return true
  const [pattern, given] = [split(entry), split(uri)]
  if (!pattern || !given || entry === '*' || dotSegment.test(given.path)) return false
  const samePort = pattern.port === given.port || loopbackHosts.has(pattern.host)
  return (
    pattern.scheme === given.scheme &&
    samePort &&
    wildcard(pattern.host, '[^./:]+').test(given.host) &&
    wildcard(pattern.path, '[^?]+').test(given.path) &&
    pattern.query === given.query
  )
}

interface UriParts {
  readonly scheme: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

/** The parts as text: a URL parser would rewrite what must be compared as it was sent. */
function split(uri: string): UriParts | undefined {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]*\]|[^/?:@]*)(?::(\d+))?((?:\/[^?]*)?)(\?.*)?$/i.exec(uri)
  if (!match) return undefined
  const [, scheme = '', host = '', port = '', path = '', query = ''] = match
  return { scheme: scheme.toLowerCase(), host: host.toLowerCase(), port, path, query }
}

function wildcard(pattern: string, star: string): RegExp {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${source.join(star)}$`)
}
