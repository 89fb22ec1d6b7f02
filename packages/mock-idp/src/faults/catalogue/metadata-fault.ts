/** Changes of provider metadata. */
import { type AnswerDraft, changeJson, isGood } from '../answer-draft.ts'
import type { FaultText, PlainFault } from '../fault.ts'

/** A fault of the document as a whole. */
export function metadataFault(about: FaultText, act: (answer: AnswerDraft) => void): PlainFault {
  return { ...about, endpoints: ['discovery'], stage: 'answer', when: isGood, act }
}

/** Sets one member, or takes it out with `undefined`. */
export function setMember(about: FaultText, name: string, value: (given: string) => unknown): PlainFault {
  return metadataFault(about, (answer) =>
    changeJson(answer, (metadata) => {
      metadata[name] = value(String(metadata[name]))
    }),
  )
}
