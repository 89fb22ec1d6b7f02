import type { IncomingMessage } from 'node:http'
import type { AccessParameters, AccessRule } from '@countersign/core'
import type { GuardAnswer, RequestGuard, VerifiedAccessToken } from '@countersign/core/api'
import type { FastifyReply, onRequestAsyncHookHandler } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    auth: VerifiedAccessToken | undefined
  }
}

export function requires(guard: RequestGuard<IncomingMessage>, rule: AccessRule): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const parameters = request.params as AccessParameters
    const result = await guard.check(request.raw, rule, { parameters })
    if (result.auth) request.auth = result.auth
    else return send(reply, result)
  }
}

export function send(reply: FastifyReply, { refusal }: GuardAnswer): FastifyReply {
  return reply
    .code(refusal.status)
    .headers({ ...refusal.headers })
    .send(refusal.body)
}
