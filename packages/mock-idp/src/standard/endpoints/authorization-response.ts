/** How an authorization response travels (RFC 6749 section 4.1.2, OAuth 2.0 Form Post Response Mode). */
import { queryResponse, type ResponseTarget } from '../../endpoints/authorization-response.ts'
import { cspSource, page, redirect } from '../../http/answers.ts'
import type { Exchange } from '../../http/exchange.ts'
import { formPostPage, formPostScriptHash } from '../../pages/form-post.ts'
import type { ResponseMode } from '../client-metadata.ts'

/** Sends the answer to the redirect URI: in its query, in its fragment, or as a form that submits itself. */
export function sendResponse(
  exchange: Exchange,
  target: ResponseTarget,
  mode: ResponseMode,
  answer: URLSearchParams,
): Response | Promise<Response> {
  const { redirectUri } = target
  if (mode === 'query') return redirect(exchange.request, queryResponse(target, answer))
  if (mode === 'fragment') return redirect(exchange.request, `${redirectUri}#${answer}`)
  const { texts } = exchange.runtime.project
  return page(formPostPage({ action: redirectUri, fields: [...answer], texts }), {
    formTarget: cspSource(redirectUri),
    script: formPostScriptHash,
  })
}
