import type { Exchange } from '../http/exchange.ts'

/** An answer before it leaves. Faults change one member of it. */
export interface AnswerDraft {
  readonly exchange: Exchange
  status: number
  headers: Headers
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>
}

/** True for an answer that says yes to a request that is not a preflight. */
export function isGood({ status, exchange }: AnswerDraft): boolean {
  return status >= 200 && status < 300 && exchange.request.method !== 'OPTIONS'
}

/** True for an answer that sends the browser elsewhere. */
export function isRedirect({ headers }: AnswerDraft): boolean {
  return headers.has('location')
}

/** True for the answer to a preflight request. */
export function isPreflight({ exchange }: AnswerDraft): boolean {
  return exchange.request.method === 'OPTIONS'
}

/** Changes the JSON object of an answer; leaves an answer alone that another fault made into something else. */
export function changeJson(answer: AnswerDraft, change: (document: Record<string, unknown>) => unknown): void {
  const document = parsed(answer)
  if (document === undefined) return
  const changed = change(document)
  answer.body = JSON.stringify(changed === undefined ? document : changed)
}

/** Changes the JSON text of an answer. */
export function changeText(answer: AnswerDraft, change: (text: string) => string): void {
  if (typeof answer.body === 'string') answer.body = change(answer.body)
}

/** Puts members in front of a JSON object as text, so that names may repeat or be unusual. */
export function prependMembers(answer: AnswerDraft, members: string): void {
  changeText(answer, (text) => text.replace(/^\{/, `{${members},`))
}

/** Replaces the body and its media type. */
export function replaceBody(answer: AnswerDraft, body: string, contentType: string): void {
  answer.body = body
  answer.headers.set('Content-Type', contentType)
}

function parsed({ body }: AnswerDraft): Record<string, unknown> | undefined {
  if (typeof body !== 'string') return undefined
  try {
    const document: unknown = JSON.parse(body)
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
