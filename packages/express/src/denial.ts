/** Sends the answer that core has for an error. */
import type { AnyOidcError } from '@countersign/core'
import { challengeFor } from '@countersign/core/api'
import type { NextFunction, Request, Response } from 'express'

/**
 * Learns about a request that a guard refuses.
 *
 * @param error - Why; `code` says it for programs, `message` for people.
 * @param req - The request.
 * @returns Nothing that is used; a promise is waited for.
 */
export type DenialHook = (error: AnyOidcError, req: Request) => unknown

/** What pages of other origins may read of a refusal, so that they can renew a token, widen its scope or wait. */
const exposedHeaders = 'WWW-Authenticate, DPoP-Nonce, Retry-After'

/** How an error is answered. */
export interface DenialSettings {
  readonly realm: string
  readonly onDenied: DenialHook | undefined
}

/** Answers an error about the access token; every other error goes to `next`, once. */
export async function deny(
  error: unknown,
  { realm, onDenied }: DenialSettings,
  req: Request<unknown>,
  res: Response,
  next: NextFunction,
): Promise<void> {
  const answer = challengeFor(error, { realm })
  // An answer that has begun can not become a refusal any more; Express ends the connection.
  if (!answer || res.headersSent) {
    next(error)
    return
  }
  try {
    await onDenied?.(error as AnyOidcError, req as Request)
  } catch (hookError) {
    next(hookError)
    return
  }
  res.removeHeader('X-Powered-By')
  res.status(answer.status).set(answer.headers)
  res.append('Access-Control-Expose-Headers', exposedHeaders)
  res.json(answer.body)
}
