/** Faults that change a good token answer, or give another one in its place. */
import { json, noStore } from '../../http/answers.ts'
import type { Exchange } from '../../http/exchange.ts'
import { type AnswerDraft, changeJson, isGood } from '../answer-draft.ts'
import type { FaultText, PlainFault } from '../fault.ts'

/** An error of the token endpoint (RFC 6749 section 5.2). */
export function failure(
  { requestId }: Exchange,
  status: number,
  code: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = { error: code, error_description: description, requestId }
  return json(body, { status, headers: { ...noStore, ...headers } })
}

/** A fault that changes a good answer. */
export function answerFault(about: FaultText, act: (answer: AnswerDraft) => void): PlainFault {
  return { ...about, endpoints: ['token'], stage: 'answer', when: isGood, act }
}

/** A fault that sets one member, or takes it out with `undefined`. */
export function setMember(about: FaultText, name: string, value: (given: unknown) => unknown): PlainFault {
  return answerFault(about, (answer) =>
    changeJson(answer, (members) => {
      members[name] = value(members[name])
    }),
  )
}

/** True for a good answer to one grant. */
export function isGrant(answer: AnswerDraft, grant: string): boolean {
  return isGood(answer) && answer.exchange.seen.grant_type === grant
}
