/** Faults of protected-resource metadata (RFC 9728). */
import { text } from '../../config/shape.ts'
import { json } from '../../http/answers.ts'
import { changeJson, isGood } from '../answer-draft.ts'
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { htmlPage, members } from './endpoint-answer.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of protected-resource metadata. */
export type ProtectedResourceFaultName =
  | 'protected-resource-not-found'
  | 'protected-resource-status-500'
  | 'protected-resource-resource-other'
  | 'protected-resource-resource-slash'
  | 'protected-resource-resource-missing'
  | 'protected-resource-servers-other'
  | 'protected-resource-servers-missing'
  | 'protected-resource-servers-text'
  | 'protected-resource-server-http'
  | 'protected-resource-server-internal'
  | 'protected-resource-scopes-missing'
  | 'protected-resource-not-json'

const resource = {
  spec: 'RFC 9728 3.3',
  rule: 'Use no metadata whose `resource` is not, byte for byte, the resource that was asked; start no authorization.',
}
const servers = {
  spec: 'RFC 9728 2, 7.6',
  rule: 'Get tokens from authorization servers that are allowed for this resource, and from no other one.',
}
const address = {
  spec: 'RFC 9728 7.7, RFC 8414 2',
  rule: 'Open https addresses alone (http for loopback hosts), and none of an inner network.',
}
const absent = {
  spec: 'RFC 9728 3.2',
  rule: 'Say that the metadata cannot be had; guess no authorization server and send no token.',
}

/** Faults of protected-resource metadata, in the order in which they act. */
export const protectedResourceFaults: Faults<ProtectedResourceFaultName> = {
  'protected-resource-not-found': failed(
    { description: 'The API has no protected-resource metadata (404).', ...absent, cases: [] },
    404,
  ),
  'protected-resource-status-500': failed(
    { description: 'The protected-resource metadata answers 500.', ...absent, cases: [] },
    500,
  ),
  'protected-resource-resource-other': changed(
    {
      description: 'The protected-resource metadata names a resource of another host.',
      ...resource,
      cases: ['J-16', 'J-32'],
    },
    { resource: `${attacker}/api/contacts` },
  ),
  'protected-resource-resource-slash': {
    description: 'The `resource` of the protected-resource metadata has one slash more at its end.',
    ...resource,
    cases: ['J-16'],
    endpoints: ['protected-resource'],
    stage: 'answer',
    when: isGood,
    act: (answer) =>
      changeJson(answer, (document) => {
        document.resource = `${document.resource}/`
      }),
  },
  'protected-resource-resource-missing': changed(
    { description: 'The protected-resource metadata has no `resource`.', ...resource, cases: ['J-16'] },
    { resource: undefined },
  ),
  'protected-resource-servers-other': changed(
    {
      description: "The protected-resource metadata names an attacker's authorization server.",
      ...servers,
      cases: [],
    },
    { authorization_servers: [attacker] },
  ),
  'protected-resource-servers-missing': changed(
    { description: 'The protected-resource metadata names no authorization server.', ...absent, cases: [] },
    { authorization_servers: undefined },
  ),
  'protected-resource-servers-text': changed(
    {
      description: 'The `authorization_servers` of the protected-resource metadata are one text.',
      ...absent,
      cases: [],
    },
    { authorization_servers: attacker },
  ),
  'protected-resource-server-http': changed(
    {
      description: 'The protected-resource metadata names an authorization server without TLS.',
      ...address,
      cases: ['J-33'],
    },
    { authorization_servers: ['http://idp.example'] },
  ),
  'protected-resource-server-internal': {
    description: 'The protected-resource metadata names an authorization server of an inner network.',
    ...address,
    cases: ['J-33'],
    endpoints: ['protected-resource'],
    options: { address: { check: text, text: 'Issuer. Default `https://169.254.169.254`.' } },
    stage: 'answer',
    when: isGood,
    act: (answer, { address: issuer = 'https://169.254.169.254' }) =>
      changeJson(answer, (document) => void Object.assign(document, { authorization_servers: [issuer] })),
  },
  'protected-resource-scopes-missing': changed(
    {
      description: 'The protected-resource metadata has no `scopes_supported`, as the 401 of the API has no `scope`.',
      spec: 'RFC 9728 2',
      rule: 'Ask without `scope`.',
      valid: true,
      cases: ['J-23'],
    },
    { scopes_supported: undefined },
  ),
  'protected-resource-not-json': htmlPage('protected-resource', {
    description: 'The protected-resource metadata is an HTML page.',
    ...absent,
    cases: [],
  }),
}

function failed(about: FaultText, status: number): PlainFault {
  return {
    ...about,
    endpoints: ['protected-resource'],
    stage: 'request',
    act: () => json({ error: 'fault' }, { status }),
  }
}

function changed(about: FaultText, changes: Readonly<Record<string, unknown>>): PlainFault {
  return members('protected-resource', about, changes)
}
