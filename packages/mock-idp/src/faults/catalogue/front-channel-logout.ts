/** Faults of the calls that tell clients of a logout in the browser (OpenID Connect Front-Channel Logout 1.0). */
import type { Faults, FaultText, FrontChannelTarget, PlainFault } from '../fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of front-channel logout. */
export type FrontChannelFaultName =
  | 'front-channel-iss-wrong'
  | 'front-channel-iss-missing'
  | 'front-channel-sid-wrong'
  | 'front-channel-sid-missing'
  | 'front-channel-sid-duplicated'
  | 'front-channel-parameters-missing'
  | 'front-channel-without-cookies'

const spec = 'OpenID Connect Front-Channel Logout 1.0 section 2'
const named = {
  spec,
  rule: 'End a session only when `iss` and `sid` are both there once and are those of the session.',
  cases: ['A-FCL-02', 'H-26'],
}

/** Faults of front-channel logout, in the order in which they act. */
export const frontChannelFaults: Faults<FrontChannelFaultName> = {
  'front-channel-iss-wrong': parameterFault(
    { description: "The front-channel logout call names an attacker's host as `iss`.", ...named },
    'iss',
    [attacker],
  ),
  'front-channel-iss-missing': parameterFault(
    { description: 'The front-channel logout call has `sid` and no `iss`.', ...named },
    'iss',
    [],
  ),
  'front-channel-sid-wrong': parameterFault(
    { description: 'The front-channel logout call names a `sid` that no session has.', ...named },
    'sid',
    ['session-of-somebody-else'],
  ),
  'front-channel-sid-missing': parameterFault(
    { description: 'The front-channel logout call has `iss` and no `sid`.', ...named },
    'sid',
    [],
  ),
  'front-channel-sid-duplicated': parameterFault(
    { description: 'The front-channel logout call has two `sid`, the right one last.', ...named },
    'sid',
    (right) => ['session-of-somebody-else', right],
  ),
  'front-channel-parameters-missing': {
    description: 'The front-channel logout call has neither `iss` nor `sid`, although the client asked for them.',
    ...named,
    endpoints: ['front-channel-logout'],
    stage: 'front-channel-logout',
    when: ({ parameters }) => parameters.length > 0,
    act(target) {
      target.parameters = []
    },
  },
  'front-channel-without-cookies': {
    description:
      'The signed-out page loads the address in a frame without cookies (`credentialless`), as browsers do that block those of other sites.',
    spec: `${spec}, section 4.1`,
    rule: 'Say that nothing was ended, and use back-channel logout beside it.',
    cases: ['H-28'],
    endpoints: ['front-channel-logout'],
    stage: 'front-channel-logout',
    act(target) {
      target.withoutCookies = true
    },
  },
}

/** Puts other values in the place of a parameter, where the client asked for it. */
function parameterFault(
  about: FaultText,
  name: string,
  values: readonly string[] | ((right: string) => readonly string[]),
): PlainFault {
  return {
    ...about,
    endpoints: ['front-channel-logout'],
    stage: 'front-channel-logout',
    when: ({ parameters }) => parameters.some(([key]) => key === name),
    act(target: FrontChannelTarget) {
      target.parameters = target.parameters.flatMap(([key, right]): [string, string][] => {
        if (key !== name) return [[key, right]]
        return (typeof values === 'function' ? values(right) : values).map((value) => [name, value])
      })
    },
  }
}
