/** Faults of the addresses in provider metadata (RFC 8414 2). */
import { text } from '../../config/shape.ts'
import { changeJson, isGood } from '../answer-draft.ts'
import type { Faults } from '../fault.ts'
import { setMember } from './metadata-fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of the addresses in metadata. */
export type MetadataEndpointFaultName =
  | 'discovery-http-endpoint'
  | 'discovery-jwks-uri-http'
  | 'discovery-jwks-uri-foreign'
  | 'discovery-jwks-uri-moved'
  | 'discovery-endpoint-script'
  | 'discovery-endpoint-data'
  | 'discovery-endpoint-file'
  | 'discovery-endpoint-shell'
  | 'discovery-endpoint-fragment'
  | 'discovery-endpoint-query'
  | 'discovery-endpoint-internal'
  | 'discovery-token-endpoint-foreign'
  | 'discovery-end-session-endpoint-script'

const safeAddress = {
  spec: 'RFC 8414 2, RFC 9700 2.6',
  rule: 'Take https addresses alone (http for loopback hosts), and never open or run another scheme.',
}
const ownServer = {
  spec: 'RFC 8414 2, RFC 9700 4.4',
  rule: 'Send credentials to the endpoints of the own issuer alone, and only to hosts that are allowed.',
}
const unaffected = { spec: 'RFC 8414 2', rule: 'This is allowed.', valid: true } as const

/** Faults of the addresses in metadata, in the order in which they act. */
export const metadataEndpointFaults: Faults<MetadataEndpointFaultName> = {
  'discovery-http-endpoint': setMember(
    {
      description: 'The token endpoint in the metadata is plain http on a public host.',
      ...safeAddress,
      cases: ['C-08'],
    },
    'token_endpoint',
    () => 'http://idp.example/oauth2/v1/token',
  ),
  'discovery-jwks-uri-http': setMember(
    { description: '`jwks_uri` in the metadata is plain http on a public host.', ...safeAddress, cases: ['E-38'] },
    'jwks_uri',
    () => 'http://idp.example/.well-known/jwks.json',
  ),
  'discovery-jwks-uri-foreign': setMember(
    { description: "`jwks_uri` in the metadata is an attacker's.", ...ownServer, cases: ['K-9.1.3', 'J-33'] },
    'jwks_uri',
    () => `${attacker}/jwks.json`,
  ),
  'discovery-jwks-uri-moved': setMember(
    {
      description: '`jwks_uri` in the metadata is another path of the provider.',
      ...unaffected,
      cases: ['A-CNF-02', 'A-CNF-01'],
    },
    'jwks_uri',
    (uri) => uri.replace(/\/([^/]+)\/\.well-known\/jwks\.json$/, '/v2/keys/$1').replace(/\/jwks$/, '/keys'),
  ),
  'discovery-endpoint-script': setMember(
    {
      description: 'The authorization endpoint in the metadata is a script URL.',
      ...safeAddress,
      cases: ['C-08'],
    },
    'authorization_endpoint',
    () => 'javascript:alert(document.domain)//',
  ),
  'discovery-endpoint-data': setMember(
    { description: 'The authorization endpoint in the metadata is a `data:` URL.', ...safeAddress, cases: ['C-08'] },
    'authorization_endpoint',
    () => 'data:text/html,<script>alert(1)</script>',
  ),
  'discovery-endpoint-file': setMember(
    { description: 'The authorization endpoint in the metadata is a `file:` URL.', ...safeAddress, cases: ['C-08'] },
    'authorization_endpoint',
    () => 'file:///etc/passwd',
  ),
  'discovery-endpoint-shell': setMember(
    {
      description: 'The authorization endpoint in the metadata holds commands for a shell.',
      spec: 'RFC 8252 8.12, RFC 8414 2',
      rule: 'Hand an address to a browser as one argument, never to a shell.',
      cases: ['L-42'],
    },
    'authorization_endpoint',
    (endpoint) => `${endpoint}?a=$(touch%20/tmp/x)&b=\`id\`;calc.exe`,
  ),
  'discovery-endpoint-fragment': setMember(
    {
      description: 'The authorization endpoint in the metadata has a fragment.',
      spec: 'RFC 6749 3.1',
      rule: 'Refuse an authorization endpoint with a fragment.',
      cases: ['C-07'],
    },
    'authorization_endpoint',
    (endpoint) => `${endpoint}#fragment`,
  ),
  'discovery-endpoint-query': setMember(
    {
      description: 'The authorization endpoint in the metadata has a query of its own.',
      spec: 'RFC 6749 3.1',
      rule: 'Keep the query and add the parameters to it.',
      valid: true,
      cases: ['A-REQ-01'],
    },
    'authorization_endpoint',
    (endpoint) => `${endpoint}?style=plain`,
  ),
  'discovery-endpoint-internal': {
    description: 'The token endpoint in the metadata is an address of an inner network.',
    ...ownServer,
    cases: ['J-33'],
    endpoints: ['discovery'],
    options: { address: { check: text, text: 'URL of the token endpoint. Default `https://169.254.169.254/token`.' } },
    stage: 'answer',
    when: isGood,
    act(answer, { address = 'https://169.254.169.254/token' }) {
      changeJson(answer, (metadata) => void Object.assign(metadata, { token_endpoint: address }))
    },
  },
  'discovery-token-endpoint-foreign': setMember(
    {
      description: "The token endpoint in the metadata is on an attacker's host.",
      ...ownServer,
      cases: ['D-29', 'D-43', 'J-33'],
    },
    'token_endpoint',
    () => `${attacker}/token`,
  ),
  'discovery-end-session-endpoint-script': setMember(
    {
      description: 'The end-session endpoint in the metadata is a script URL.',
      ...safeAddress,
      cases: ['C-08'],
    },
    'end_session_endpoint',
    () => 'javascript:alert(document.domain)//',
  ),
}
