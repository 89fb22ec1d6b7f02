/** Changes of the parameters of an authorization response. */
import type { AnswerDraft } from '../answer-draft.ts'
import type { Fault, FaultText, PlainFault, ResponseFaultTarget } from '../fault.ts'

/** A fault of the response. */
export function responseFault(about: FaultText, act: (target: ResponseFaultTarget) => unknown): PlainFault {
  return { ...about, endpoints: ['authorize'], stage: 'authorization-response', act: (target) => void act(target) }
}

/** A fault that makes an error of a response that has a code. */
export function errorFault(about: FaultText, act: (target: ResponseFaultTarget) => unknown): PlainFault {
  return { ...responseFault(about, act), when: hasCode } as Fault<''>
}

/** True for a response that is a success. */
export function hasCode({ parameters }: ResponseFaultTarget): boolean {
  return parameters.some(([name]) => name === 'code')
}

/** Puts other parameters where the code stands. */
export function replaceCode(target: ResponseFaultTarget, others: readonly (readonly [string, string])[]): void {
  target.parameters = target.parameters.flatMap(([name, value]): [string, string][] =>
    name === 'code' ? others.map(([key, text]) => [key, text]) : [[name, value]],
  )
}

/** Sets a parameter in its place, or at the end. */
export function setParameter(target: ResponseFaultTarget, name: string, value: string): void {
  const at = target.parameters.findIndex(([key]) => key === name)
  if (at === -1) target.parameters.push([name, value])
  else target.parameters[at] = [name, value]
}

/** Takes a parameter out. */
export function deleteParameter(target: ResponseFaultTarget, name: string): void {
  target.parameters = target.parameters.filter(([key]) => key !== name)
}

/** Where an answer sends the browser with an authorization response in the query; `undefined` for another answer. */
export function responseOf({ headers, exchange }: AnswerDraft): URL | undefined {
  const location = headers.get('location') ?? ''
  if (!URL.canParse(location)) return undefined
  const url = new URL(location)
  const isResponse = url.searchParams.has('code') || url.searchParams.has('error')
  return isResponse && url.origin !== exchange.runtime.project.origin ? url : undefined
}

/** Puts something else in the place of the query of an authorization response. */
export function setResponse(answer: AnswerDraft, end: string): void {
  const location = answer.headers.get('location') ?? ''
  answer.headers.set('Location', `${location.slice(0, location.indexOf('?'))}${end}`)
}
