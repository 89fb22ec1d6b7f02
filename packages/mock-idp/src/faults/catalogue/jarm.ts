/** Authorization responses in one signed JWT (JARM), right and wrong. */
import { findClient } from '../../clients.ts'
import { epochSeconds } from '../../clock.ts'
import { draftToken, signDraft, type TokenSigner } from '../../tokens/token-draft.ts'
import type { AnswerDraft } from '../answer-draft.ts'
import type { Faults, PlainFault } from '../fault.ts'
import { responseOf, setResponse } from './response-fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of JARM responses. */
export type JarmFaultName =
  | 'response-jwt'
  | 'response-jwt-iss-missing'
  | 'response-jwt-iss-wrong'
  | 'response-jwt-aud-missing'
  | 'response-jwt-aud-wrong'
  | 'response-jwt-exp-missing'
  | 'response-jwt-expired'
  | 'response-jwt-signature-wrong'
  | 'response-jwt-unsigned'

/** Faults of JARM responses, in the order in which they act. */
export const jarmFaults: Faults<JarmFaultName> = {
  'response-jwt': jarm('', ['C-36'], {}),
  'response-jwt-iss-missing': jarm(' without `iss`', ['A-JAR-01'], { claims: { iss: undefined } }),
  'response-jwt-iss-wrong': jarm(' of another issuer', ['A-JAR-02'], { claims: { iss: attacker } }),
  'response-jwt-aud-missing': jarm(' without `aud`', ['A-JAR-03'], { claims: { aud: undefined } }),
  'response-jwt-aud-wrong': jarm(' for another client', ['A-JAR-04'], { claims: { aud: 'another-client' } }),
  'response-jwt-exp-missing': jarm(' without `exp`', ['A-JAR-05'], { claims: { exp: undefined } }),
  'response-jwt-expired': jarm(' that has expired', ['A-JAR-06'], { lifeSeconds: -7200 }),
  'response-jwt-signature-wrong': jarm(' signed by a foreign key', ['A-JAR-07'], { signWith: 'foreign' }),
  'response-jwt-unsigned': jarm(' without a signature', ['A-JAR-08'], { signWith: 'nothing', alg: 'none' }),
}

interface Jarm {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly lifeSeconds?: number
  readonly signWith?: TokenSigner
  readonly alg?: string
}

function jarm(how: string, cases: readonly string[], change: Jarm): PlainFault {
  const { claims = {}, lifeSeconds = 600, signWith = 'current', alg = 'RS256' } = change
  return {
    description: `The parameters of the authorization response stand in one JWT, \`response\`${how}.`,
    rule: 'Check `iss`, `aud`, `exp` and signature of a JARM response; refuse one that was not asked for.',
    spec: 'JARM 2.3, 2.4',
    cases,
    endpoints: ['authorize'],
    stage: 'answer',
    when: (answer) => responseOf(answer) !== undefined,
    async act(answer) {
      const { runtime, clientId: aud } = answer.exchange
      const { keys, clock } = runtime
      const draft = draftToken(keys, {
        iss: issuerOf(answer),
        aud,
        exp: epochSeconds(clock) + lifeSeconds,
        ...Object.fromEntries(responseOf(answer)?.searchParams ?? []),
        ...claims,
      })
      draft.signWith = signWith
      draft.header.alg = alg
      setResponse(answer, `?${new URLSearchParams({ response: await signDraft(keys, draft) })}`)
    },
  }
}

/** Issuer of the client that a response is for. */
function issuerOf({ exchange: { runtime, clientId } }: AnswerDraft): string | undefined {
  const client = runtime.standard.clients.get(clientId ?? '')
  const app =
    findClient(runtime, 'oidc', { clientId: clientId ?? '' }) ??
    findClient(runtime, 'inbound', { clientId: clientId ?? '' })
  return client?.issuer ?? app?.issuer
}
