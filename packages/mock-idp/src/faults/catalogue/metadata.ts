/** Faults of provider metadata (OpenID Connect Discovery 4, RFC 8414). */
import { changeText, prependMembers, replaceBody } from '../answer-draft.ts'
import type { Faults } from '../fault.ts'
import { metadataFault, setMember } from './metadata-fault.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of metadata. */
export type MetadataFaultName =
  | 'discovery-issuer-mismatch'
  | 'discovery-issuer-missing'
  | 'discovery-issuer-slash'
  | 'discovery-issuer-case'
  | 'discovery-issuer-port'
  | 'discovery-issuer-path'
  | 'discovery-authorization-endpoint-missing'
  | 'discovery-token-endpoint-missing'
  | 'discovery-jwks-uri-missing'
  | 'discovery-endpoint-list'
  | 'discovery-list-text'
  | 'discovery-response-types-without-code'
  | 'discovery-algs-none'
  | 'discovery-offline-access'
  | 'discovery-client-id-metadata-document'
  | 'discovery-mtls-aliases'
  | 'discovery-unknown-members'
  | 'discovery-duplicate-member'
  | 'discovery-proto-member'
  | 'discovery-trailing-comma'
  | 'discovery-array'
  | 'discovery-not-json'

const spec = 'OpenID Connect Discovery 4.3, RFC 8414 3.3'
const sameIssuer = { spec, rule: 'Compare `issuer` with the issuer that was asked, character by character.' }
const wellShaped = {
  spec: 'RFC 8414 2, RFC 8414 3.2',
  rule: 'Refuse metadata that lacks a needed member or has it in another type.',
}
const oneDocument = {
  spec: 'RFC 8259 4, RFC 8414 3.2',
  rule: 'Refuse what is not one JSON object with each name once.',
}
const unaffected = { spec: 'RFC 8414 2', rule: 'This is allowed.', valid: true } as const

/** Faults of metadata, in the order in which they act. */
export const metadataFaults: Faults<MetadataFaultName> = {
  'discovery-issuer-mismatch': setMember(
    {
      description: 'Metadata names another issuer.',
      ...sameIssuer,
      cases: ['A-CNF-03', 'A-FAP-03', 'J-17', 'K-10.5.3'],
    },
    'issuer',
    () => attacker,
  ),
  'discovery-issuer-missing': setMember(
    { description: 'Metadata has no `issuer`.', ...sameIssuer, cases: ['E-46', 'K-10.5.3'] },
    'issuer',
    () => undefined,
  ),
  'discovery-issuer-slash': setMember(
    { description: 'Metadata names the issuer with a slash at its end.', ...sameIssuer, cases: ['E-44'] },
    'issuer',
    (issuer) => `${issuer}/`,
  ),
  'discovery-issuer-case': setMember(
    { description: 'Metadata names the issuer with its host in capitals.', ...sameIssuer, cases: ['E-44'] },
    'issuer',
    (issuer) => issuer.replace(/^[^/]*\/\/[^/]*/, (origin) => origin.toUpperCase()),
  ),
  'discovery-issuer-port': setMember(
    { description: 'Metadata names the issuer with another port.', ...sameIssuer, cases: ['E-44'] },
    'issuer',
    (issuer) => issuer.replace(/^([^/]*\/\/[^/:]*)(:\d+)?/, '$1:8443'),
  ),
  'discovery-issuer-path': setMember(
    { description: 'Metadata names the issuer with a segment more in its path.', ...sameIssuer, cases: ['E-44'] },
    'issuer',
    (issuer) => `${issuer}/other`,
  ),
  'discovery-authorization-endpoint-missing': setMember(
    { description: 'Metadata has no `authorization_endpoint`.', ...wellShaped, cases: ['E-46'] },
    'authorization_endpoint',
    () => undefined,
  ),
  'discovery-token-endpoint-missing': setMember(
    { description: 'Metadata has no `token_endpoint`.', ...wellShaped, cases: ['E-46'] },
    'token_endpoint',
    () => undefined,
  ),
  'discovery-jwks-uri-missing': setMember(
    { description: 'Metadata has no `jwks_uri`.', ...wellShaped, cases: ['E-46'] },
    'jwks_uri',
    () => undefined,
  ),
  'discovery-endpoint-list': setMember(
    { description: 'The token endpoint in the metadata is an array.', ...wellShaped, cases: ['E-46'] },
    'token_endpoint',
    (endpoint) => [endpoint],
  ),
  'discovery-list-text': setMember(
    { description: '`response_types_supported` in the metadata is text.', ...wellShaped, cases: ['E-46'] },
    'response_types_supported',
    () => 'code',
  ),
  'discovery-response-types-without-code': setMember(
    { description: 'Metadata lists response types, and `code` is not one of them.', ...wellShaped, cases: ['E-46'] },
    'response_types_supported',
    () => ['id_token'],
  ),
  'discovery-algs-none': setMember(
    {
      description: 'Metadata offers ID tokens of the algorithm none beside RS256.',
      spec: 'RFC 8725 3.1, 3.2',
      rule: 'Pin the algorithm; never take it from metadata.',
      cases: ['A-CNF-04', 'K-9.1.2'],
    },
    'id_token_signing_alg_values_supported',
    () => ['none', 'RS256'],
  ),
  'discovery-offline-access': setMember(
    { description: 'Metadata lists the scope `offline_access`.', ...unaffected, cases: ['J-26'] },
    'scopes_supported',
    () => ['openid', 'profile', 'email', 'phone', 'offline_access'],
  ),
  'discovery-client-id-metadata-document': setMember(
    {
      description: 'Metadata announces client ids that are URLs.',
      ...unaffected,
      cases: ['J-29', 'J-28'],
      profile: 'descope',
    },
    'client_id_metadata_document_supported',
    () => true,
  ),
  'discovery-mtls-aliases': setMember(
    {
      description: 'Metadata has `mtls_endpoint_aliases`.',
      spec: 'RFC 8705 5',
      rule: 'Without a client certificate use the usual endpoints.',
      valid: true,
      cases: ['A-CMP-11'],
    },
    'mtls_endpoint_aliases',
    () => ({ token_endpoint: 'https://mtls.idp.example/token' }),
  ),
  'discovery-unknown-members': setMember(
    { description: 'Metadata has a member that nobody knows.', ...unaffected, cases: ['A-CNF-01'] },
    'urn:example:unknown',
    () => ({ a: [1, null] }),
  ),
  'discovery-duplicate-member': metadataFault(
    { description: 'Metadata has `token_endpoint` twice.', ...oneDocument, cases: ['E-46'] },
    (answer) => prependMembers(answer, `"token_endpoint":"${attacker}/token"`),
  ),
  'discovery-proto-member': metadataFault(
    {
      description: 'Metadata has a member `__proto__`.',
      spec: 'RFC 8259 4',
      rule: 'Let no name reach a prototype.',
      cases: ['L-50'],
    },
    (answer) => prependMembers(answer, `"__proto__":{"token_endpoint":"${attacker}/token","polluted":true}`),
  ),
  'discovery-trailing-comma': metadataFault(
    {
      description: 'Metadata has a trailing comma, as in the printed sample of the service (IDP-SPEC Q-07).',
      ...oneDocument,
      cases: ['E-46'],
    },
    (answer) => changeText(answer, (json) => json.replace(/\}$/, ',}')),
  ),
  'discovery-array': metadataFault(
    { description: 'Metadata is an array with the document in it.', ...oneDocument, cases: ['E-46'] },
    (answer) => changeText(answer, (json) => `[${json}]`),
  ),
  'discovery-not-json': metadataFault(
    { description: 'Discovery answers 200 with an HTML page.', ...oneDocument, cases: ['E-46', 'E-47'] },
    (answer) =>
      replaceBody(answer, '<!doctype html><title>fault: discovery-not-json</title>', 'text/html; charset=utf-8'),
  ),
}
