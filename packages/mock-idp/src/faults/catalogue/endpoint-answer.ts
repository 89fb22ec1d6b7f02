/** Faults that change the good answer of one endpoint. */
import { type AnswerDraft, changeJson, isGood, replaceBody } from '../answer-draft.ts'
import type { FaultEndpoint, FaultText, PlainFault } from '../fault.ts'

/** Changes the good answer of an endpoint. */
export function changedAnswer(
  endpoint: FaultEndpoint,
  about: FaultText,
  act: (answer: AnswerDraft) => void,
): PlainFault {
  return { ...about, endpoints: [endpoint], stage: 'answer', when: isGood, act }
}

/** Sets members of the JSON object, or takes them out with `undefined`. */
export function members(
  endpoint: FaultEndpoint,
  about: FaultText,
  changes: Readonly<Record<string, unknown>>,
): PlainFault {
  return changedAnswer(endpoint, about, (answer) =>
    changeJson(answer, (document) => void Object.assign(document, changes)),
  )
}

/** Puts an HTML page in the place of the answer. */
export function htmlPage(endpoint: FaultEndpoint, about: FaultText): PlainFault {
  return changedAnswer(endpoint, about, (answer) =>
    replaceBody(answer, '<!doctype html><title>fault: not JSON</title>', 'text/html; charset=utf-8'),
  )
}
