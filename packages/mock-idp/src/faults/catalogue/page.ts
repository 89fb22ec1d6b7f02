/** Faults of hosted pages and of the way back from a logout: what a browser meets. */

import type { AnswerDraft } from '../answer-draft.ts'
import { isRedirect } from '../answer-draft.ts'
import type { FaultEndpoint, Faults, FaultText, PlainFault } from '../fault.ts'

/** Names of the faults of pages and of redirects after a logout. */
export type PageFaultName =
  | 'page-opener-severed'
  | 'page-x-frame-options'
  | 'page-frame-ancestors'
  | 'page-opener-navigated'
  | 'page-scripts-forbidden'
  | 'logout-state-wrong'
  | 'logout-state-missing'
  | 'logout-error-page'

const pages: readonly FaultEndpoint[] = ['authorize', 'login', 'consent', 'logout']
const opener = {
  spec: 'HTML, cross-origin opener policies',
  rule: 'Do not rely on the window that was opened: end by deadline, cancel or the message of the own callback page.',
}
const framed = {
  spec: 'OpenID Connect Core 3.1.2.6, RFC 9700 4.16',
  rule: 'Give a silent check in a frame a deadline, and say what may be behind its silence.',
}
const returned = {
  spec: 'OpenID Connect RP-Initiated Logout 1.0 section 3',
  rule: 'Compare `state` after a logout with the one that was sent; the session is over either way.',
}

/** Faults of pages, in the order in which they act. */
export const pageFaults: Faults<PageFaultName> = {
  'page-opener-severed': pageFault(
    {
      description:
        'The page is sent with `Cross-Origin-Opener-Policy: same-origin`, so `closed` reads true and the opener is gone.',
      ...opener,
      cases: ['G-14'],
    },
    ({ headers }) => headers.set('Cross-Origin-Opener-Policy', 'same-origin'),
  ),
  'page-x-frame-options': pageFault(
    { description: 'The page is sent with `X-Frame-Options: DENY` alone.', ...framed, cases: ['G-08'] },
    ({ headers }) => {
      headers.set('X-Frame-Options', 'DENY')
      setFrameAncestors(headers, '*')
    },
  ),
  'page-frame-ancestors': pageFault(
    { description: "The page is sent with a CSP of `frame-ancestors 'none'` alone.", ...framed, cases: ['G-08'] },
    ({ headers }) => {
      headers.delete('X-Frame-Options')
      setFrameAncestors(headers, "'none'")
    },
  ),
  'page-opener-navigated': pageFault(
    {
      description: 'The page runs a script that navigates its opener to another address of the provider.',
      spec: 'HTML, window.opener; RFC 9700 4.16',
      rule: 'Open windows so that they cannot steer the application, or survive that they do.',
      cases: ['G-15'],
    },
    (answer) => {
      const script = 'if(window.opener)window.opener.location="/fault/opener-navigated"'
      answer.headers.delete('Content-Security-Policy')
      if (typeof answer.body === 'string')
        answer.body = answer.body.replace('</body>', `<script>${script}</script></body>`)
    },
  ),
  'page-scripts-forbidden': pageFault(
    {
      description: 'The page is sent with a CSP that forbids everything, forms too.',
      ...framed,
      spec: 'CSP 3',
      rule: 'Give every login a deadline; the user may never come back.',
      cases: [],
    },
    ({ headers }) =>
      headers.set('Content-Security-Policy', "default-src 'none'; form-action 'none'; frame-ancestors 'none'"),
  ),
  'logout-state-wrong': returnFault(
    { description: 'The browser comes back from a logout with another `state`.', ...returned, cases: ['A-RPL-02'] },
    (url) => url.searchParams.set('state', 'another-state'),
  ),
  'logout-state-missing': returnFault(
    { description: 'The browser comes back from a logout without `state`.', ...returned, cases: ['A-RPL-03'] },
    (url) => url.searchParams.delete('state'),
  ),
  'logout-error-page': {
    description: 'The end-session endpoint answers 500, and the session at the provider stays.',
    spec: 'OpenID Connect RP-Initiated Logout 1.0 section 4',
    rule: 'End the own session first, whatever the provider answers.',
    cases: [],
    endpoints: ['logout'],
    stage: 'request',
    act: () =>
      new Response('<!doctype html><title>fault: logout-error-page</title>', {
        status: 500,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
      }),
  },
}

function pageFault(about: FaultText, act: (answer: AnswerDraft) => void): PlainFault {
  const isPage = ({ headers }: AnswerDraft): boolean => (headers.get('content-type') ?? '').startsWith('text/html')
  return { ...about, endpoints: pages, stage: 'answer', when: isPage, act }
}

function returnFault(about: FaultText, change: (url: URL) => void): PlainFault {
  return {
    ...about,
    endpoints: ['logout'],
    stage: 'answer',
    when: (answer) => isRedirect(answer) && (answer.headers.get('location') ?? '').includes('state='),
    act({ headers }) {
      const url = new URL(headers.get('location') ?? '')
      change(url)
      headers.set('Location', url.href)
    },
  }
}

function setFrameAncestors(headers: Headers, sources: string): void {
  const policy = headers.get('Content-Security-Policy') ?? ''
  headers.set('Content-Security-Policy', policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${sources}`))
}
