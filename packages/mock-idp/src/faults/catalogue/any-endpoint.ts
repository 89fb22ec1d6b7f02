/** Where faults of any answer can happen, and the rules that several of them are about. */
import type { FaultEndpoint } from '../fault.ts'

/** Endpoints whose answers are for programs. */
export const documents: readonly FaultEndpoint[] = [
  'discovery',
  'jwks',
  'token',
  'userinfo',
  'revoke',
  'sample-contacts',
  'sample-files',
  'introspect',
  'par',
  'device-authorization',
  'register',
  'protected-resource',
]

/** Those of them whose good answer has a body. */
export const bodies: readonly FaultEndpoint[] = documents.filter((endpoint) => endpoint !== 'revoke')

/** What a lost connection asks of a client. */
export const network = {
  spec: 'RFC 9110 9.2.2, RFC 6749 10.5',
  rule: 'Tell a retryable network error, end no session, and do not send a code or a rotated refresh token again blindly.',
}
/** What a large or slow answer asks of a client. */
export const bounded = {
  spec: 'RFC 8725 3.3, OWASP ASVS 5.0 4.1',
  rule: 'Bound the size of an answer and the time that it takes.',
}
