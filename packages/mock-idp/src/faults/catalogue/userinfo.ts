/** Faults of userinfo (OpenID Connect Core 5.3). */
import { serviceProblem } from '../../http/problem.ts'
import { draftToken, signDraft, type TokenDraft } from '../../tokens/token-draft.ts'
import { type AnswerDraft, changeJson, changeText, isGood, prependMembers, replaceBody } from '../answer-draft.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of userinfo. */
export type UserinfoFaultName =
  | 'userinfo-status-500'
  | 'userinfo-sub-wrong'
  | 'userinfo-sub-missing'
  | 'userinfo-sub-number'
  | 'userinfo-security-claims'
  | 'userinfo-email-verified-text'
  | 'userinfo-aggregated-claims'
  | 'userinfo-distributed-claims'
  | 'userinfo-proto-member'
  | 'userinfo-duplicate-member'
  | 'userinfo-array'
  | 'userinfo-not-json'
  | 'userinfo-signed'
  | 'userinfo-signed-foreign-key'
  | 'userinfo-signed-alg-none'
  | 'userinfo-signed-aud-wrong'
  | 'userinfo-signed-as-json'

const about = {
  spec: 'OpenID Connect Core 5.3.2',
  rule: 'Use no claim before `sub` was found equal to the one of the ID token.',
}
const shape = { spec: 'OpenID Connect Core 5.3.2, RFC 8259 4', rule: 'Refuse an answer that is not one JSON object.' }
const opaque = {
  spec: 'OpenID Connect Core 5.6.2',
  rule: 'Hand over claims of other sources as they are: fetch nothing, and merge nothing that was not verified.',
  valid: true,
} as const
const signed = {
  spec: 'OpenID Connect Core 5.3.2, 5.3.4',
  rule: 'Verify a signed answer as an ID token is, and refuse the form that was not registered.',
}

/** Faults of userinfo, in the order in which they act. */
export const userinfoFaults: Faults<UserinfoFaultName> = {
  'userinfo-status-500': {
    description: 'Userinfo answers 500.',
    spec: 'OpenID Connect Core 5.3.3, RFC 9110 15.6',
    rule: 'A server that fails ends no session: tell a retryable error.',
    cases: [],
    endpoints: ['userinfo'],
    stage: 'request',
    act() {
      throw serviceProblem(500, 'E011001', 'fault: userinfo-status-500')
    },
  },
  'userinfo-sub-wrong': claimFault(
    { description: 'Userinfo is about another user.', ...about, cases: ['A-BAS-11'] },
    { sub: 'U2mockSomebodyElse' },
  ),
  'userinfo-sub-missing': claimFault(
    { description: 'Userinfo has no `sub`.', ...about, cases: ['A-BAS-11'] },
    { sub: undefined },
  ),
  'userinfo-sub-number': claimFault(
    { description: 'Userinfo has a `sub` that is a number.', ...about, cases: ['A-BAS-11'] },
    { sub: 1 },
  ),
  'userinfo-security-claims': claimFault(
    {
      description:
        'Userinfo has claims that speak about the login: `iss`, `aud`, `exp`, `nonce`, `acr`, `amr`, `roles`.',
      spec: 'OpenID Connect Core 5.3.2',
      rule: 'Let userinfo overwrite no claim of the ID token that secures the login.',
      valid: true,
      cases: ['B-52'],
    },
    {
      iss: attacker,
      aud: 'another-client',
      exp: 4_102_444_800,
      nonce: 'another-nonce',
      acr: '9',
      amr: ['hwk'],
      roles: ['admin'],
    },
  ),
  'userinfo-email-verified-text': claimFault(
    {
      description: 'Userinfo has `email_verified` as text.',
      spec: 'OpenID Connect Core 5.1',
      rule: 'Take the boolean true alone for verified.',
      valid: true,
      cases: [],
    },
    { email_verified: 'true' },
  ),
  'userinfo-aggregated-claims': claimFault(
    { description: 'Userinfo holds aggregated claims: a JWT of another issuer.', ...opaque, cases: ['A-CMP-09'] },
    {
      _claim_names: { address: 'src1' },
      _claim_sources: { src1: { JWT: 'eyJhbGciOiJub25lIn0.eyJhZGRyZXNzIjp7ImNvdW50cnkiOiJYWCJ9fQ.' } },
    },
  ),
  'userinfo-distributed-claims': claimFault(
    { description: 'Userinfo points to claims at another host, with a token for it.', ...opaque, cases: ['A-CMP-10'] },
    {
      _claim_names: { credit_score: 'src1' },
      _claim_sources: { src1: { endpoint: `${attacker}/claims`, access_token: 'token-for-another-host' } },
    },
  ),
  'userinfo-proto-member': answerFault(
    {
      description: 'Userinfo has a claim `__proto__`.',
      spec: 'RFC 8259 4',
      rule: 'Let no name reach a prototype.',
      valid: true,
      cases: ['L-50'],
    },
    (answer) => prependMembers(answer, '"__proto__":{"polluted":true}'),
  ),
  'userinfo-duplicate-member': answerFault(
    { description: 'Userinfo has `sub` twice.', ...shape, cases: ['A-BAS-11'] },
    (answer) => prependMembers(answer, '"sub":"U2mockSomebodyElse"'),
  ),
  'userinfo-array': answerFault(
    { description: 'Userinfo is an array with the claims in it.', ...shape, cases: [] },
    (answer) => changeText(answer, (body) => `[${body}]`),
  ),
  'userinfo-not-json': answerFault(
    { description: 'Userinfo answers 200 with an HTML page.', ...shape, cases: [] },
    (answer) =>
      replaceBody(answer, '<!doctype html><title>fault: userinfo-not-json</title>', 'text/html; charset=utf-8'),
  ),
  'userinfo-signed': signedFault({
    description: 'Userinfo is a signed JWT.',
    ...signed,
    valid: true,
    cases: ['A-DYN-06'],
  }),
  'userinfo-signed-foreign-key': signedFault(
    { description: 'Userinfo is a JWT signed by a foreign key.', ...signed, cases: ['A-DYN-06', 'K-9.1.1'] },
    (draft) => {
      draft.signWith = 'foreign'
    },
  ),
  'userinfo-signed-alg-none': signedFault(
    { description: 'Userinfo is a JWT without a signature.', ...signed, cases: ['A-DYN-06', 'K-9.1.2'] },
    (draft) => {
      draft.signWith = 'nothing'
      draft.header.alg = 'none'
    },
  ),
  'userinfo-signed-aud-wrong': signedFault(
    { description: 'Userinfo is a signed JWT for another client.', ...signed, cases: ['A-DYN-06'] },
    ({ claims }) => {
      claims.aud = 'another-client'
    },
  ),
  'userinfo-signed-as-json': answerFault(
    { description: 'Userinfo says that it is a JWT and is plain JSON.', ...signed, cases: ['B-54'] },
    ({ headers }) => headers.set('Content-Type', 'application/jwt'),
  ),
}

function answerFault(text: FaultText, act: (answer: AnswerDraft) => void): PlainFault {
  return { ...text, endpoints: ['userinfo'], stage: 'answer', when: isGood, act }
}

/** Sets claims, or takes them out with `undefined`. */
function claimFault(text: FaultText, changes: Readonly<Record<string, unknown>>): PlainFault {
  return answerFault(text, (answer) => changeJson(answer, (claims) => void Object.assign(claims, changes)))
}

/** Signs the claims of the answer. */
function signedFault(text: FaultText, change: (draft: TokenDraft) => void = () => {}): PlainFault {
  return {
    ...text,
    endpoints: ['userinfo'],
    stage: 'answer',
    when: isGood,
    async act(answer) {
      const { keys } = answer.exchange.runtime
      const draft = draftToken(keys, {})
      changeJson(answer, (claims) => void Object.assign(draft.claims, claims))
      change(draft)
      replaceBody(answer, await signDraft(keys, draft), 'application/jwt')
    },
  }
}
