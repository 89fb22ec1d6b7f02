/** Faults that the body of any answer can have: its bytes, its size and its pacing. */
import { whole } from '../../config/shape.ts'
import { isGood, prependMembers } from '../answer-draft.ts'
import type { Faults } from '../fault.ts'
import { brokenBody, bytesOf, hugeBody, slowBody, stalledBody } from '../paced-body.ts'
import { bodies, bounded, network } from './any-endpoint.ts'

/** Names of the faults of bodies. */
export type AnswerBodyFaultName =
  | 'answer-bom'
  | 'answer-utf16'
  | 'answer-invalid-utf8'
  | 'answer-deep'
  | 'answer-huge'
  | 'answer-slow'
  | 'answer-stalled'
  | 'answer-truncated'

const encoding = {
  spec: 'RFC 8259 8.1',
  rule: 'Take JSON in UTF-8 alone; a byte order mark may be ignored or refused.',
}
/** Faults of bodies, in the order in which they act. */
export const answerBodyFaults: Faults<AnswerBodyFaultName> = {
  'answer-bom': {
    description: 'The body begins with a byte order mark.',
    ...encoding,
    cases: ['D-26'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      if (typeof answer.body === 'string') answer.body = `\u{feff}${answer.body}`
    },
  },
  'answer-utf16': {
    description: 'The body is in UTF-16.',
    ...encoding,
    cases: ['D-26'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      if (typeof answer.body !== 'string') return
      const units = Uint16Array.from(`\u{feff}${answer.body}`, (unit) => unit.charCodeAt(0))
      answer.body = new Uint8Array(units.buffer)
    },
  },
  'answer-invalid-utf8': {
    description: 'The body has the bytes ff fe in a text.',
    ...encoding,
    cases: [],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      if (typeof answer.body !== 'string') return
      const bytes = bytesOf(answer.body.replace(/^\{/, '{"note":"##",').replace(/^\[/, '["##",'))
      const at = bytes.indexOf(0x23)
      if (at !== -1) bytes.set([0xff, 0xfe], at)
      answer.body = bytes
    },
  },
  'answer-deep': {
    description: 'The JSON of the body has a member `deep` with 20000 arrays in one another.',
    spec: 'RFC 8259 9',
    rule: 'Survive deep nesting: refuse the answer or leave the member aside, but do not crash.',
    cases: [],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act: (answer) => prependMembers(answer, `"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  },
  'answer-huge': {
    description: 'The body is filled up to 5 MiB or to `sizeBytes`, made while it is read.',
    ...bounded,
    cases: ['D-22', 'E-36'],
    endpoints: bodies,
    options: {
      sizeBytes: { check: whole(1, 1_073_741_824), text: 'Size in bytes, at most 1 GiB. Default 5242880.' },
    },
    stage: 'answer',
    when: isGood,
    act(answer, { sizeBytes = 5_242_880 }) {
      answer.body = hugeBody(answer.body, sizeBytes)
    },
  },
  'answer-slow': {
    description: 'The body comes in small chunks with a wait before each one.',
    ...bounded,
    cases: ['D-23'],
    endpoints: bodies,
    options: {
      chunkBytes: { check: whole(1), text: 'Bytes of one chunk. Default 1.' },
      chunkDelayMs: { check: whole(0), text: 'Milliseconds of real time before each chunk. Default 1000.' },
    },
    stage: 'answer',
    when: isGood,
    act(answer, { chunkBytes = 1, chunkDelayMs = 1000 }) {
      answer.body = slowBody(answer.body, { chunkBytes, chunkDelayMs })
    },
  },
  'answer-stalled': {
    description: 'Half of the body comes, and then nothing more, on a connection that stays open.',
    ...bounded,
    cases: ['D-23'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      answer.body = stalledBody(answer.body, answer.exchange.request)
    },
  },
  'answer-truncated': {
    description: 'The connection is dropped after half of the body.',
    ...network,
    cases: ['D-24'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      answer.body = brokenBody(answer.body)
    },
  },
}
