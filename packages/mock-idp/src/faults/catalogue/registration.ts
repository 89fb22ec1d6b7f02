/** Faults of dynamic client registration (RFC 7591, OpenID Connect Dynamic Client Registration 1.0). */
import type { Faults, FaultText, PlainFault } from '../fault.ts'
import { htmlPage, members } from './endpoint-answer.ts'
import { failure } from './token-answer.ts'
import { attacker } from './token-row.ts'

/** Names of the faults of dynamic client registration. */
export type RegistrationFaultName =
  | 'registration-metadata-refused'
  | 'registration-redirect-refused'
  | 'registration-client-id-missing'
  | 'registration-client-id-number'
  | 'registration-secret-missing'
  | 'registration-secret-expired'
  | 'registration-secret-expiry-missing'
  | 'registration-redirect-uris-other'
  | 'registration-auth-method-other'
  | 'registration-grant-types-fewer'
  | 'registration-management-foreign'
  | 'registration-not-json'

const spec = 'RFC 7591 3.2.1'
const refused = { spec: 'RFC 7591 3.2.2', rule: 'Say why the registration was refused, and start no login.' }
const id = { spec, rule: 'Start no login without a `client_id`, which is text.' }
const secret = {
  spec,
  rule: 'Use no client that lacks the secret it needs, nor one whose secret has expired; register anew.',
}
const replaced = {
  spec: 'RFC 7591 2, 3.2.1',
  rule: 'The answer says what was registered: go on only where that is what the client can work with.',
}

/** Faults of dynamic client registration, in the order in which they act. */
export const registrationFaults: Faults<RegistrationFaultName> = {
  'registration-metadata-refused': refusal(
    { description: 'Registration is refused with `invalid_client_metadata`.', ...refused, cases: [] },
    'invalid_client_metadata',
  ),
  'registration-redirect-refused': refusal(
    { description: 'Registration is refused with `invalid_redirect_uri`.', ...refused, cases: [] },
    'invalid_redirect_uri',
  ),
  'registration-client-id-missing': registered(
    { description: 'The answer of registration has no `client_id`.', ...id, cases: [] },
    { client_id: undefined },
  ),
  'registration-client-id-number': registered(
    { description: 'The `client_id` of a registration is a number.', ...id, cases: [] },
    { client_id: 42 },
  ),
  'registration-secret-missing': registered(
    {
      description: 'The answer of registration has no `client_secret`, although the client is to authenticate by one.',
      ...secret,
      cases: [],
    },
    { client_secret: undefined, client_secret_expires_at: undefined },
  ),
  'registration-secret-expired': registered(
    { description: 'The secret of a registration expired in 2000.', ...secret, cases: [] },
    { client_secret_expires_at: 946_684_800 },
  ),
  'registration-secret-expiry-missing': registered(
    {
      description: 'The answer of registration has a secret and no `client_secret_expires_at`.',
      ...secret,
      cases: [],
    },
    { client_secret_expires_at: undefined },
  ),
  'registration-redirect-uris-other': registered(
    { description: "The provider registered an attacker's redirect URI.", ...replaced, cases: [] },
    { redirect_uris: [`${attacker}/callback`] },
  ),
  'registration-auth-method-other': registered(
    {
      description: 'The provider registered `private_key_jwt` for a client without keys.',
      ...replaced,
      cases: [],
    },
    { token_endpoint_auth_method: 'private_key_jwt' },
  ),
  'registration-grant-types-fewer': registered(
    {
      description: 'The provider registered no grant but `client_credentials`.',
      ...replaced,
      cases: [],
    },
    { grant_types: ['client_credentials'], response_types: [] },
  ),
  'registration-management-foreign': registered(
    {
      description: "The answer of registration has a `registration_client_uri` on an attacker's host.",
      spec: 'RFC 7592 3',
      rule: 'Send the registration access token to the provider alone.',
      cases: [],
    },
    { registration_client_uri: `${attacker}/register/1`, registration_access_token: 'registration-token-1' },
  ),
  'registration-not-json': htmlPage('register', {
    description: 'Registration answers 201 with an HTML page.',
    ...id,
    cases: [],
  }),
}

function refusal(about: FaultText, code: string): PlainFault {
  return {
    ...about,
    endpoints: ['register'],
    stage: 'request',
    act: (exchange) => failure(exchange, 400, code, `fault: ${code}`),
  }
}

function registered(about: FaultText, changes: Readonly<Record<string, unknown>>): PlainFault {
  return members('register', about, changes)
}
