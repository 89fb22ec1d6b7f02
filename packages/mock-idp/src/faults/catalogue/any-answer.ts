/** Faults that any answer can have: status, headers, bytes, pacing and the connection itself. */
import { json, listOf, mapOf, text, whole } from '../../config/shape.ts'
import { changeJson, isGood, isPreflight } from '../answer-draft.ts'
import { DroppedConnection } from '../dropped-connection.ts'
import type { Faults } from '../fault.ts'
import { waitFor } from '../hang.ts'
import { bytesOf } from '../paced-body.ts'
import { base64, headerName, headersByName, headerValue, redirectStatus } from '../wire-checks.ts'
import { type AnswerBodyFaultName, answerBodyFaults } from './answer-body.ts'
import { bodies, bounded, documents, network } from './any-endpoint.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of any answer. */
export type AnyAnswerFaultName =
  | 'connection-dropped-before'
  | 'connection-dropped-after'
  | 'answer-delay'
  | 'answer-status'
  | 'answer'
  | 'answer-redirect'
  | 'answer-content-type'
  | 'answer-content-type-missing'
  | 'answer-empty'
  | 'answer-cors-missing'
  | 'answer-preflight-refused'
  | AnswerBodyFaultName

const media = { spec: 'RFC 6749 5.1, RFC 7517 8.5', rule: 'Take JSON only where the answer says that it is JSON.' }
const cors = {
  spec: 'Fetch 3.2',
  rule: 'A script sees a network error: tell what may be behind it, and end no session.',
}

/** Faults of any answer, in the order in which they act. */
export const anyAnswerFaults: Faults<AnyAnswerFaultName> = {
  'connection-dropped-before': {
    description: 'The connection is dropped before the server looks at the request.',
    ...network,
    cases: ['J-13', 'E-31', 'F-28'],
    endpoints: documents,
    stage: 'request',
    act() {
      throw new DroppedConnection()
    },
  },
  'answer-delay': {
    description: 'The answer comes after `delayMs` of real time.',
    ...bounded,
    cases: ['D-30', 'E-31', 'F-28'],
    endpoints: documents,
    options: { delayMs: { check: whole(0), text: 'Milliseconds. Default 1000.' } },
    stage: 'request',
    act: ({ request }, { delayMs = 1000 }) => waitFor(request, delayMs),
  },
  'answer-status': {
    description: 'The server answers an error status with an empty body, before it looks at the request.',
    spec: 'RFC 9110 15.5, 15.6',
    rule: 'Tell server faults from refusals, wait as `Retry-After` says, and end no session.',
    cases: ['E-47', 'E-31', 'J-06'],
    endpoints: documents,
    options: {
      status: { check: whole(400, 599), text: 'HTTP status. Default 503.' },
      retryAfterSeconds: { check: whole(0), text: 'Value of `Retry-After` in seconds. Default none.' },
    },
    stage: 'request',
    act: (_, { status = 503, retryAfterSeconds }) =>
      new Response(null, {
        status,
        headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) },
      }),
  },
  answer: {
    description: 'The answer as you say: status, headers, members of its JSON, or its text or bytes.',
    spec: 'RFC 9110 6',
    rule: 'Any rule about the answer of this endpoint.',
    cases: ['E-46', 'D-07', 'E-33'],
    endpoints: [...documents, 'logout'],
    options: {
      status: { check: whole(200, 599), text: 'HTTP status.' },
      headers: { check: headersByName, text: 'Headers to set, by name.' },
      removeHeaders: { check: listOf(headerName), text: 'Names of headers to take out.' },
      set: { check: mapOf(json), text: 'Members of a JSON object to set, by name.' },
      remove: { check: listOf(text), text: 'Names of members of a JSON object to take out.' },
      text: { check: text, text: 'Text of the body.' },
      base64: { check: base64, text: 'Bytes of the body in base64.' },
    },
    stage: 'answer',
    when: (answer) => !isPreflight(answer),
    act(answer, change) {
      const { status, headers = {}, removeHeaders = [], set, remove = [] } = change
      if (status !== undefined) answer.status = status
      for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
      for (const name of removeHeaders) answer.headers.delete(name)
      if (set !== undefined || remove.length > 0) {
        changeJson(answer, (document) => {
          const rest = Object.entries({ ...document, ...set }).filter(([name]) => !remove.includes(name))
          return Object.fromEntries(rest)
        })
      }
      if (change.text !== undefined) answer.body = change.text
      if (change.base64 !== undefined) answer.body = Uint8Array.from(atob(change.base64), (one) => one.charCodeAt(0))
    },
  },
  'answer-redirect': {
    description: 'The answer is a redirect to another host.',
    spec: 'RFC 9700 4.11, RFC 9110 15.4',
    rule: 'Follow no redirect with a token, a code or a secret.',
    cases: ['D-21', 'E-37', 'I-30', 'J-33'],
    endpoints: documents,
    options: {
      status: { check: redirectStatus, text: 'HTTP status: 301, 302, 303, 307 or 308. Default 302.' },
      location: { check: headerValue, text: "Target. Default an attacker's host." },
    },
    stage: 'request',
    act: (_, { status = 302, location = `${attacker}/` }) =>
      new Response(null, { status, headers: { Location: location } }),
  },
  'answer-content-type': {
    description: 'The answer names another media type for its body.',
    ...media,
    cases: ['E-32'],
    endpoints: bodies,
    options: { contentType: { check: headerValue, text: 'Media type. Default `text/plain`.' } },
    stage: 'answer',
    when: isGood,
    act: ({ headers }, { contentType = 'text/plain' }) => headers.set('Content-Type', contentType),
  },
  'answer-content-type-missing': {
    description: 'The answer names no media type for its body.',
    ...media,
    cases: ['E-32'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act: (answer) => {
      // As bytes, because platforms name a type for text by themselves.
      if (typeof answer.body === 'string') answer.body = bytesOf(answer.body)
      answer.headers.delete('Content-Type')
    },
  },
  'answer-empty': {
    description: 'The answer has an empty body.',
    ...media,
    cases: ['E-32'],
    endpoints: bodies,
    stage: 'answer',
    when: isGood,
    act(answer) {
      answer.body = ''
    },
  },
  'answer-cors-missing': {
    description: 'The answer has no CORS headers.',
    ...cors,
    cases: ['D-30', 'E-47'],
    endpoints: documents,
    stage: 'answer',
    when: (answer) => !isPreflight(answer),
    act({ headers }) {
      for (const name of [...headers.keys()]) if (name.startsWith('access-control-')) headers.delete(name)
    },
  },
  'answer-preflight-refused': {
    description: 'The preflight request is answered without CORS headers.',
    ...cors,
    cases: [],
    endpoints: documents,
    stage: 'answer',
    when: isPreflight,
    act({ headers }) {
      for (const name of [...headers.keys()]) if (name.startsWith('access-control-')) headers.delete(name)
    },
  },
  ...answerBodyFaults,
  'connection-dropped-after': {
    description: 'The connection is dropped after the server has done what was asked.',
    ...network,
    cases: ['D-30', 'J-13'],
    endpoints: documents,
    stage: 'answer',
    when: (answer) => !isPreflight(answer),
    act() {
      throw new DroppedConnection()
    },
  },
}
