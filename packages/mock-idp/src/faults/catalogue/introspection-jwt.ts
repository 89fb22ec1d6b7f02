/** Faults of answers of introspection as JWTs (RFC 9701). */
import { draftToken, signDraft } from '../../tokens/token-draft.ts'
import { type AnswerDraft, isGood, replaceBody } from '../answer-draft.ts'
import type { Faults, FaultText, PlainFault, TokenFaultTarget } from '../fault.ts'
import { type TokenDefect, tokenRows } from './token-faults.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of answers of introspection as JWTs. */
export type IntrospectionJwtFaultName =
  | 'introspection-jwt-iss-wrong'
  | 'introspection-jwt-iss-missing'
  | 'introspection-jwt-aud-wrong'
  | 'introspection-jwt-aud-missing'
  | 'introspection-jwt-aud-array'
  | 'introspection-jwt-iat-missing'
  | 'introspection-jwt-iat-text'
  | 'introspection-jwt-typ-wrong'
  | 'introspection-jwt-typ-media-type'
  | 'introspection-jwt-typ-case'
  | 'introspection-jwt-alg-none'
  | 'introspection-jwt-alg-hs256'
  | 'introspection-jwt-alg-es256'
  | 'introspection-jwt-kid-unknown'
  | 'introspection-jwt-kid-number'
  | 'introspection-jwt-crit-unknown'
  | 'introspection-jwt-b64-false'
  | 'introspection-jwt-jwk-embedded'
  | 'introspection-jwt-payload-array'
  | 'introspection-jwt-payload-deep'
  | 'introspection-jwt-signature-foreign-key'
  | 'introspection-jwt-signature-flipped'
  | 'introspection-jwt-signature-empty'
  | 'introspection-jwt-two-parts'
  | 'introspection-jwt-four-parts'
  | 'introspection-jwt-jwe-around-unsigned'
  | 'introspection-jwt-huge'
  | 'introspection-jwt-member-twice'
  | 'introspection-jwt-typ-jwt'
  | 'introspection-jwt-typ-missing'
  | 'introspection-jwt-iat-future'
  | 'introspection-jwt-iat-old'
  | 'introspection-jwt-sub'
  | 'introspection-jwt-exp'
  | 'introspection-jwt-content-missing'
  | 'introspection-jwt-content-text'
  | 'introspection-jwt-active-text'
  | 'introspection-jwt-active-missing'
  | 'introspection-jwt-is-access-token'
  | 'introspection-jwt-is-json'

const spec = 'RFC 9701 5'
const oneType = { spec: 'RFC 9701 5, 8.1', rule: 'Take `typ` token-introspection+jwt alone.', cases: [] }
const now = {
  spec,
  rule: 'Refuse an answer that was not made for this question: before it, or in the future.',
  cases: [],
}
const noToken = {
  spec: 'RFC 9701 5, 8.1',
  rule: 'Refuse an answer with `sub` or `exp` of its own, which could pass for a token.',
  cases: [],
}
const content = {
  spec: 'RFC 9701 5, RFC 7662 2.2',
  rule: 'Take an object `token_introspection` whose `active` is a boolean, and nothing else.',
  cases: [],
}
const asked = { spec: 'RFC 9701 4, 5', rule: 'Take a signed answer alone where one was asked for.', cases: [] }

/** Faults of answers of introspection as JWTs, in the order in which they act. */
export const introspectionJwtFaults: Faults<IntrospectionJwtFaultName> = {
  'introspection-jwt-iss-wrong': ofAnyToken('iss-wrong'),
  'introspection-jwt-iss-missing': ofAnyToken('iss-missing'),
  'introspection-jwt-aud-wrong': ofAnyToken('aud-wrong'),
  'introspection-jwt-aud-missing': ofAnyToken('aud-missing'),
  'introspection-jwt-aud-array': ofAnyToken('aud-array'),
  'introspection-jwt-iat-missing': ofAnyToken('iat-missing'),
  'introspection-jwt-iat-text': ofAnyToken('iat-text'),
  'introspection-jwt-typ-wrong': ofAnyToken('typ-wrong'),
  'introspection-jwt-typ-media-type': ofAnyToken('typ-media-type'),
  'introspection-jwt-typ-case': ofAnyToken('typ-case'),
  'introspection-jwt-alg-none': ofAnyToken('alg-none'),
  'introspection-jwt-alg-hs256': ofAnyToken('alg-hs256'),
  'introspection-jwt-alg-es256': ofAnyToken('alg-es256'),
  'introspection-jwt-kid-unknown': ofAnyToken('kid-unknown'),
  'introspection-jwt-kid-number': ofAnyToken('kid-number'),
  'introspection-jwt-crit-unknown': ofAnyToken('crit-unknown'),
  'introspection-jwt-b64-false': ofAnyToken('b64-false'),
  'introspection-jwt-jwk-embedded': ofAnyToken('jwk-embedded'),
  'introspection-jwt-payload-array': ofAnyToken('payload-array'),
  'introspection-jwt-payload-deep': ofAnyToken('payload-deep'),
  'introspection-jwt-signature-foreign-key': ofAnyToken('signature-foreign-key'),
  'introspection-jwt-signature-flipped': ofAnyToken('signature-flipped'),
  'introspection-jwt-signature-empty': ofAnyToken('signature-empty'),
  'introspection-jwt-two-parts': ofAnyToken('two-parts'),
  'introspection-jwt-four-parts': ofAnyToken('four-parts'),
  'introspection-jwt-jwe-around-unsigned': ofAnyToken('jwe-around-unsigned'),
  'introspection-jwt-huge': ofAnyToken('huge'),
  'introspection-jwt-member-twice': jwtFault(
    {
      description: 'Introspection answers a JWT with two `iss`, the right one last.',
      spec: `${spec}, RFC 8725 2.4`,
      rule: 'Refuse names that occur twice.',
      cases: [],
    },
    ({ draft }) => {
      draft.payload = JSON.stringify(draft.claims).replace(/^\{/, `{"iss":"${attacker}",`)
    },
  ),
  'introspection-jwt-typ-jwt': jwtFault(
    { description: 'Introspection answers a JWT whose `typ` is JWT.', ...oneType },
    ({ draft }) => {
      draft.header.typ = 'JWT'
    },
  ),
  'introspection-jwt-typ-missing': jwtFault(
    { description: 'Introspection answers a JWT without `typ`.', ...oneType },
    ({ draft }) => {
      delete draft.header.typ
    },
  ),
  'introspection-jwt-iat-future': jwtFault(
    { description: 'Introspection answers a JWT that was issued two hours from now.', ...now },
    ({ draft: { claims } }) => {
      claims.iat = Number(claims.iat) + 7200
    },
  ),
  'introspection-jwt-iat-old': jwtFault(
    { description: 'Introspection answers a JWT that was issued two hours ago.', ...now },
    ({ draft: { claims } }) => {
      claims.iat = Number(claims.iat) - 7200
    },
  ),
  'introspection-jwt-sub': jwtFault(
    { description: 'Introspection answers a JWT with a `sub` of its own.', ...noToken },
    ({ draft: { claims } }) => {
      claims.sub = 'somebody'
    },
  ),
  'introspection-jwt-exp': jwtFault(
    { description: 'Introspection answers a JWT with an `exp` of its own.', ...noToken },
    ({ draft: { claims } }) => {
      claims.exp = Number(claims.iat) + 300
    },
  ),
  'introspection-jwt-content-missing': jwtFault(
    { description: 'Introspection answers a JWT without `token_introspection`.', ...content },
    ({ draft: { claims } }) => {
      delete claims.token_introspection
    },
  ),
  'introspection-jwt-content-text': jwtFault(
    { description: 'Introspection answers a JWT whose `token_introspection` is JSON as text.', ...content },
    ({ draft: { claims } }) => {
      claims.token_introspection = JSON.stringify(claims.token_introspection)
    },
  ),
  'introspection-jwt-active-text': jwtFault(
    { description: 'Introspection answers a JWT that says `active` as text.', ...content },
    ({ draft: { claims } }) => {
      claims.token_introspection = { ...(claims.token_introspection as object), active: 'true' }
    },
  ),
  'introspection-jwt-active-missing': jwtFault(
    { description: 'Introspection answers a JWT that does not say `active`.', ...content },
    ({ draft: { claims } }) => {
      claims.token_introspection = { ...(claims.token_introspection as object), active: undefined }
    },
  ),
  'introspection-jwt-is-access-token': jwtFault(
    { description: 'An access token stands where the answer of introspection as a JWT belongs.', ...oneType },
    ({ draft, runtime }) => {
      const { iss, aud, iat } = draft.claims
      const other = draftToken(runtime.keys, { iss, aud, iat, exp: Number(iat) + 300, sub: 'somebody' }, draft.alg)
      other.header.typ = 'at+jwt'
      draft.finish.push(() => signDraft(runtime.keys, other))
    },
  ),
  'introspection-jwt-is-json': {
    description: 'Introspection answers plain JSON although a JWT was asked for.',
    ...asked,
    endpoints: ['introspect'],
    stage: 'answer',
    when: (answer) => isGood(answer) && contentOf(answer) !== undefined,
    act: (answer) => replaceBody(answer, contentOf(answer) ?? '', 'application/json; charset=utf-8'),
  },
}

function ofAnyToken(defect: TokenDefect): PlainFault {
  const { how, rule, spec: of, valid, act } = tokenRows[defect]
  const text = { description: `Introspection answers a JWT ${how}.`, rule, spec: `${spec}, ${of}`, cases: [] }
  return jwtFault({ ...text, ...(valid && { valid }) }, (target) => act(target, 'introspection'))
}

function jwtFault(text: FaultText, act: (target: TokenFaultTarget) => void | Promise<void>): PlainFault {
  return { ...text, endpoints: ['introspect'], stage: 'introspection-jwt', act }
}

/** What a JWT says of the token, as JSON; `undefined` for an answer that is none. */
function contentOf({ body, headers }: AnswerDraft): string | undefined {
  if (typeof body !== 'string' || !/jwt/.test(headers.get('content-type') ?? '')) return undefined
  const payload = (body.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
  return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)).token_introspection)
}
