import type { AccessRule } from '@countersign/core'
import type { RequestGuard, VerifiedAccessToken } from '@countersign/core/api'
import type { MiddlewareHandler } from 'hono'

export interface Env {
  Variables: { auth: VerifiedAccessToken }
}

export function requires(guard: RequestGuard, rule: AccessRule): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { auth, response } = await guard.check(c.req.raw, rule, { parameters: c.req.param() })
    if (!auth) return response
    c.set('auth', auth)
    return next()
  }
}
