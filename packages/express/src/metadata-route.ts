import { ConfigurationError } from '@countersign/core'
import type { ProtectedResource } from '@countersign/core/api'
import type { RequestHandler } from 'express'

/**
 * Serves the metadata document of an API (RFC 9728) at its well-known path, to everyone. Mount it with `app.use` at the
 * root and in front of the guards, since nobody has a token yet who asks for it.
 *
 * @param resource - Result of `createProtectedResource`.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for anything else.
 * @example source: packages/express/test/snippets/metadata.ts
 */
export function serveMetadata(resource: ProtectedResource): RequestHandler {
  if (typeof resource?.respond !== 'function') {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      'serveMetadata takes the result of createProtectedResource: app.use(serveMetadata(resource)).',
    )
  }
  return async (req, res, next) => {
    try {
      const answer = resource.respond({ method: req.method, url: req.originalUrl })
      if (!answer) return next()
      const body = await answer.text()
      res.status(answer.status).setHeaders(answer.headers).end(body)
    } catch (error) {
      next(error)
    }
  }
}
