/** Faults of the token endpoint and its answer (RFC 6749 5). */
import { changeText, prependMembers, replaceBody } from '../answer-draft.ts'
import type { Faults, PlainFault } from '../fault.ts'
import { answerFault, isGrant, setMember } from './token-answer.ts'

/** Names of the faults of the token endpoint. */
export type TokenResponseFaultName =
  | 'token-type-unknown'
  | 'token-type-missing'
  | 'token-type-case'
  | 'token-type-dpop'
  | 'token-access-token-missing'
  | 'token-access-token-number'
  | 'token-refresh-token-number'
  | 'token-refresh-token-unexpected'
  | 'token-id-token-unexpected'
  | 'token-scope-broadened'
  | 'token-scope-missing'
  | 'token-scope-array'
  | 'token-authorization-details-other'
  | 'token-unknown-members'
  | 'token-duplicate-member'
  | 'token-proto-member'
  | 'id-token-missing'
  | 'id-token-number'
  | 'token-cacheable'
  | 'token-not-json'
  | 'token-array'
  | 'token-null'
  | 'token-text'

const shape = {
  spec: 'RFC 6749 5.1',
  rule: 'Refuse an answer that is not one JSON object with the needed members in their types.',
}
const type = {
  spec: 'RFC 6749 7.1, RFC 9449 5',
  rule: 'Refuse a token of a type that was not asked for; compare types in any case.',
}
const scope = {
  spec: 'RFC 6749 3.3, 5.1',
  rule: 'Work with the scopes of the answer, and with the asked ones where it names none.',
}
const unasked = { spec: 'RFC 6749 4.4.3, 5.1', rule: 'Leave aside a token that was not asked for.' }

/** Faults of the token endpoint, in the order in which they act. */
export const tokenResponseFaults: Faults<TokenResponseFaultName> = {
  'token-type-unknown': setMember(
    { description: 'Token answer with `token_type` mac.', ...type, cases: ['D-02'] },
    'token_type',
    () => 'mac',
  ),
  'token-type-missing': setMember(
    { description: 'Token answer without `token_type`.', ...type, cases: ['D-02'] },
    'token_type',
    () => undefined,
  ),
  'token-type-case': setMember(
    { description: 'Token answer with `token_type` bEARER.', ...type, valid: true, cases: ['A-FAP-21'] },
    'token_type',
    (given) => `${String(given).slice(0, 1).toLowerCase()}${String(given).slice(1).toUpperCase()}`,
  ),
  'token-type-dpop': setMember(
    { description: 'Token answer with `token_type` DPoP although no proof was sent.', ...type, cases: ['D-04'] },
    'token_type',
    () => 'DPoP',
  ),
  'token-access-token-missing': setMember(
    { description: 'Token answer without `access_token`.', ...shape, cases: [] },
    'access_token',
    () => undefined,
  ),
  'token-access-token-number': setMember(
    { description: 'Token answer whose `access_token` is a number.', ...shape, cases: [] },
    'access_token',
    () => 1,
  ),
  'token-refresh-token-number': setMember(
    { description: 'Token answer whose `refresh_token` is a number.', ...shape, cases: [] },
    'refresh_token',
    () => 1,
  ),
  'token-refresh-token-unexpected': {
    ...setMember(
      { description: 'Answer to `client_credentials` with a refresh token.', ...unasked, valid: true, cases: ['J-03'] },
      'refresh_token',
      () => 'unexpected-refresh-token',
    ),
    stage: 'answer',
    when: (answer) => isGrant(answer, 'client_credentials'),
  } as PlainFault,
  'token-id-token-unexpected': setMember(
    {
      description: 'Token answer with an `id_token` that nobody signed, also where `openid` was not asked for.',
      ...unasked,
      cases: ['B-37'],
    },
    'id_token',
    () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJVMm1vY2tTb21lYm9keUVsc2UifQ.',
  ),
  'token-scope-broadened': setMember(
    { description: 'Token answer with scopes that nobody asked for.', ...scope, cases: ['D-10'] },
    'scope',
    (given) => `${given ?? ''} admin everything`.trim(),
  ),
  'token-scope-missing': setMember(
    { description: 'Token answer without `scope`.', ...scope, valid: true, cases: [] },
    'scope',
    () => undefined,
  ),
  'token-scope-array': setMember(
    { description: 'Token answer whose `scope` is an array.', ...shape, cases: ['F-32'] },
    'scope',
    (given) => String(given).split(' '),
  ),
  'token-authorization-details-other': setMember(
    {
      description:
        'Token answer whose `authorization_details` name what nobody asked for, and the access token does not.',
      spec: 'RFC 9396 7, 12',
      rule: 'An API goes by the access token alone, whatever the answer says that it allows.',
      cases: [],
    },
    'authorization_details',
    () => [{ type: 'everything', actions: ['read', 'write', 'delete'] }],
  ),
  'token-unknown-members': setMember(
    {
      description: 'Token answer with a member that nobody knows.',
      spec: 'RFC 6749 5.1',
      rule: 'Ignore members that are not understood.',
      valid: true,
      cases: [],
    },
    'urn:example:unknown',
    () => ({ a: [1, null] }),
  ),
  'token-duplicate-member': answerFault(
    { description: 'Token answer with `access_token` twice.', ...shape, spec: 'RFC 8259 4', cases: [] },
    (answer) => prependMembers(answer, '"access_token":"another-token"'),
  ),
  'token-proto-member': answerFault(
    {
      description: 'Token answer with a member `__proto__`.',
      spec: 'RFC 8259 4',
      rule: 'Let no name reach a prototype.',
      valid: true,
      cases: ['L-50'],
    },
    (answer) => prependMembers(answer, '"__proto__":{"polluted":true}'),
  ),
  'id-token-missing': setMember(
    {
      description: 'Token answer without `id_token` although `openid` was granted.',
      spec: 'OpenID Connect Core 3.1.3.3',
      rule: 'Refuse a login without an ID token.',
      cases: [],
    },
    'id_token',
    () => undefined,
  ),
  'id-token-number': setMember(
    { description: 'Token answer whose `id_token` is a number.', ...shape, cases: ['E-21'] },
    'id_token',
    () => 1,
  ),
  'token-cacheable': answerFault(
    {
      description: 'Token answer with `Cache-Control: max-age=3600` instead of `no-store`.',
      spec: 'RFC 6749 5.1',
      rule: 'Ask with `cache: no-store`, so that no cache keeps tokens.',
      cases: ['D-27'],
    },
    ({ headers }) => {
      headers.set('Cache-Control', 'max-age=3600')
      headers.delete('Pragma')
    },
  ),
  'token-not-json': answerFault(
    { description: 'Token endpoint answers 200 with an HTML page; the grant is used up.', ...shape, cases: ['D-15'] },
    (answer) => replaceBody(answer, '<!doctype html><title>fault: token-not-json</title>', 'text/html; charset=utf-8'),
  ),
  'token-array': answerFault(
    { description: 'Token answer is an array with the object in it.', ...shape, cases: ['D-15'] },
    (answer) => changeText(answer, (body) => `[${body}]`),
  ),
  'token-null': answerFault({ description: 'Token answer is null.', ...shape, cases: ['D-15'] }, (answer) =>
    changeText(answer, () => 'null'),
  ),
  'token-text': answerFault({ description: 'Token answer is a JSON text.', ...shape, cases: ['D-15'] }, (answer) =>
    changeText(answer, () => '"ok"'),
  ),
}
