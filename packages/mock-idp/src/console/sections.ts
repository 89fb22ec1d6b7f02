/** What the console consists of, in the order of its navigation. */
import { appsRoute, rotateSecretAct } from './apps.ts'
import { clockActs, clockRoute } from './clock-and-keys.ts'
import { consentsRoute, deleteConsentAct } from './consents.ts'
import { faultActs, faultRoute, faultsRoute } from './faults.ts'
import { flowRoute, flowsRoute } from './flows.ts'
import { createAppAct } from './new-app.ts'
import { requestRoute } from './request.ts'
import { runRoute } from './run.ts'
import { endSessionAct, sessionsRoute } from './sessions.ts'
import { timelineRoute } from './timeline.ts'
import { tokenRoute, tokensRoute } from './tokens.ts'
import { userStatusAct, usersRoute } from './users.ts'
import type { Section } from './visit.ts'

/** All sections. */
export const sections: readonly Section[] = [
  {
    label: 'Timeline',
    path: '/',
    icon: '<path d="M3 3v10M3 4h10M3 8h7M3 12h9"/>',
    routes: [timelineRoute, requestRoute],
    acts: [],
  },
  {
    label: 'Flows',
    path: '/flows',
    icon: '<path d="M5 3h6v3H5zM2 10h5v3H2zM9 10h5v3H9zM8 6v2M4.5 10V8h7v2"/>',
    routes: [flowsRoute, flowRoute, runRoute],
    acts: [],
  },
  {
    label: 'Sessions',
    path: '/sessions',
    icon: '<path d="M2 4h12v7H2zM5 14h6"/>',
    routes: [sessionsRoute],
    acts: [endSessionAct],
  },
  {
    label: 'Users',
    path: '/users',
    icon: '<circle cx="8" cy="5" r="2.5"/><path d="M3 14c0-3 2-5 5-5s5 2 5 5"/>',
    routes: [usersRoute],
    acts: [userStatusAct],
  },
  {
    label: 'Apps',
    path: '/apps',
    icon: '<path d="M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z"/>',
    routes: [appsRoute],
    acts: [rotateSecretAct, createAppAct],
  },
  {
    label: 'Consents',
    path: '/consents',
    icon: '<path d="M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM6 8l1.5 1.5L10.5 6.5"/>',
    routes: [consentsRoute],
    acts: [deleteConsentAct],
  },
  {
    label: 'Tokens',
    path: '/tokens',
    icon: '<circle cx="5" cy="11" r="2.5"/><path d="M7 9l6-6M11 5l2 2"/>',
    routes: [tokensRoute, tokenRoute],
    acts: [],
  },
  {
    label: 'Clock and keys',
    path: '/clock',
    icon: '<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3l2 1.5"/>',
    routes: [clockRoute],
    acts: clockActs,
  },
  {
    label: 'Faults',
    path: '/faults',
    icon: '<path d="M9 2L4 9h4l-1 5 5-7H8z"/>',
    routes: [faultsRoute, faultRoute],
    acts: faultActs,
  },
]
