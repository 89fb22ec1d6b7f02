/** Faults of `expires_in` (RFC 6749 5.1). */
import { changeText } from '../answer-draft.ts'
import type { Faults } from '../fault.ts'
import { answerFault, setMember } from './token-answer.ts'

/** Names of the faults of `expires_in`. */
export type ExpiresInFaultName =
  | 'expires-in-missing'
  | 'expires-in-string'
  | 'expires-in-zero'
  | 'expires-in-negative'
  | 'expires-in-float'
  | 'expires-in-infinite'
  | 'expires-in-null'
  | 'expires-in-word'

const life = {
  spec: 'RFC 6749 5.1',
  rule: 'Take `expires_in` as a finite number of seconds above zero; otherwise the life is unknown.',
}

/** Faults of `expires_in`, in the order in which they act. */
export const expiresInFaults: Faults<ExpiresInFaultName> = {
  'expires-in-missing': setMember(
    { description: 'Token answer without `expires_in`.', ...life, valid: true, cases: ['D-07', 'A-FAP-20'] },
    'expires_in',
    () => undefined,
  ),
  'expires-in-string': setMember(
    { description: 'Token answer whose `expires_in` is text of digits.', ...life, cases: ['D-07'] },
    'expires_in',
    (given) => String(given),
  ),
  'expires-in-zero': setMember(
    { description: 'Token answer whose `expires_in` is 0.', ...life, cases: ['D-07'] },
    'expires_in',
    () => 0,
  ),
  'expires-in-negative': setMember(
    { description: 'Token answer whose `expires_in` is -1.', ...life, cases: ['D-07'] },
    'expires_in',
    () => -1,
  ),
  'expires-in-float': setMember(
    { description: 'Token answer whose `expires_in` is 0.5.', ...life, cases: ['D-07'] },
    'expires_in',
    () => 0.5,
  ),
  'expires-in-infinite': answerFault(
    { description: 'Token answer whose `expires_in` is written 1e400.', ...life, cases: ['D-07'] },
    (answer) => changeText(answer, (body) => body.replace(/"expires_in":\d+/, '"expires_in":1e400')),
  ),
  'expires-in-null': setMember(
    { description: 'Token answer whose `expires_in` is null.', ...life, cases: ['D-07'] },
    'expires_in',
    () => null,
  ),
  'expires-in-word': setMember(
    { description: 'Token answer whose `expires_in` is the text NaN.', ...life, cases: ['D-07'] },
    'expires_in',
    () => 'NaN',
  ),
}
