/** Flows that the standard profile has beside the shipped ones. */
import { defineFlow, type FlowDefinition } from './definition.ts'
import { secondFactor } from './step-up-flow.ts'

/** A password and then a code, for a stronger `acr`; who is signed in is asked for the code alone. */
export const standardFlows: readonly FlowDefinition[] = [
  defineFlow({
    id: 'sign-in-with-second-factor',
    name: 'Sign in with a password and a code',
    start: 'login',
    nodes: {
      login: { kind: 'subflow', flow: 'sign-up-or-in', next: 'mark' },
      ...secondFactor,
    },
  }),
]
