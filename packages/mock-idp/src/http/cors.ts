import type { Project } from '../project.ts'

const exposed = 'WWW-Authenticate, DPoP-Nonce, Retry-After'
const plainHeaders: ReadonlySet<string> = new Set(['authorization', 'content-type', 'dpop'])

/** Adds the CORS headers of IDP-SPEC 2.2 to an answer. Without credentials: no cookie is ever read cross-origin. */
export function addCors(project: Project, request: Request, headers: Headers): void {
  const { corsOrigins } = project.compat
  const origin = request.headers.get('origin')
  if (corsOrigins) headers.append('Vary', 'Origin')
  if (corsOrigins && !(origin !== null && corsOrigins.includes(origin))) return
  headers.set('Access-Control-Allow-Origin', corsOrigins && origin !== null ? origin : '*')
  headers.set('Access-Control-Expose-Headers', exposed)
}

/** Answers a preflight request with 204. */
export function preflight(project: Project, request: Request): Response {
  const headers = new Headers()
  addCors(project, request, headers)
  if (headers.has('Access-Control-Allow-Origin')) {
    const asked = (request.headers.get('access-control-request-headers') ?? '').toLowerCase().split(/\s*,\s*/)
    const vendor = asked.filter((name) => /^x-descope-[a-z0-9-]+$/.test(name))
    headers.set('Access-Control-Allow-Methods', 'GET, POST, OPTIONS')
    headers.set('Access-Control-Allow-Headers', [...plainHeaders, ...vendor].join(', '))
    headers.set('Access-Control-Max-Age', '600')
  }
  return new Response(null, { status: 204, headers })
}
