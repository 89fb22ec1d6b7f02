import type { MockIdpConfig } from './config/config.ts'
import { demoProject } from './demo-project.ts'

const { acme, globex } = demoProject.tenants
const { mira, noa, iva } = demoProject.users

const permissionsScopes = [
  { name: 'contacts.read', description: 'Read contacts', optional: true, values: ['Contact Reader'] },
  { name: 'contacts.write', description: 'Change contacts', optional: true, values: ['Contact Editor'] },
  { name: 'billing.read', description: 'Read invoices', optional: true, values: ['Book Keeper'] },
  { name: 'billing.write', description: 'Send invoices', optional: true, values: ['Billing Admin'] },
]

const loopbackRedirects = ['http://localhost/', 'http://localhost/*', 'http://127.0.0.1/', 'http://127.0.0.1/*']

const partnerLogo =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 56 56'%3E%3Crect width='56' height='56' " +
  "rx='14' fill='%230f766e'/%3E%3Ccircle cx='21' cy='28' r='9' fill='none' stroke='%23fff' stroke-width='4'/%3E" +
  "%3Ccircle cx='35' cy='28' r='9' fill='none' stroke='%23fff' stroke-width='4'/%3E%3C/svg%3E"

/** What a field of the configuration is when the caller leaves it out. */
export const demoConfig: Required<
  Pick<
    MockIdpConfig,
    | 'tenants'
    | 'roles'
    | 'users'
    | 'oidcApps'
    | 'inboundApps'
    | 'accessKeys'
    | 'approvedDomains'
    | 'userTemplate'
    | 'defaultApp'
  >
> = {
  tenants: [
    { id: acme, name: 'Acme', domains: ['acme.example'] },
    { id: globex, name: 'Globex', domains: ['globex.example'] },
  ],
  roles: {
    Staff: ['project.read'],
    'Book Keeper': ['invoices.read', 'invoices.send'],
    'Contact Reader': ['contacts.view'],
    'Contact Editor': ['contacts.view', 'contacts.edit'],
    'Billing Admin': ['invoices.read', 'invoices.send', 'invoices.delete'],
    Worker: ['jobs.run'],
  },
  users: [
    {
      id: mira.id,
      loginIds: [mira.loginId],
      password: mira.password,
      name: mira.name,
      givenName: 'Mira',
      familyName: 'Tal',
      email: mira.loginId,
      emailVerified: true,
      phone: '+15550100',
      phoneVerified: true,
      picture: 'https://acme.example/mira.png',
      roles: ['Staff', 'Contact Reader', 'Contact Editor', 'Book Keeper'],
      tenants: { [acme]: { roles: ['Book Keeper', 'Contact Reader', 'Contact Editor'] }, [globex]: {} },
      customAttributes: { dob: '1991-04-30' },
    },
    {
      id: noa.id,
      loginIds: [noa.loginId],
      password: noa.password,
      name: noa.name,
      givenName: 'Noa',
      familyName: 'Ben',
      email: noa.loginId,
      emailVerified: false,
      tenants: { [globex]: { roles: ['Contact Reader'] } },
    },
    { id: iva.id, loginIds: [iva.loginId], password: iva.password, name: iva.name, status: 'disabled' },
  ],
  userTemplate: { dob: 'dob' },
  defaultApp: {},
  oidcApps: [],
  inboundApps: [
    {
      id: demoProject.spa.appId,
      name: 'Demo',
      description: 'A single-page app',
      clientType: 'public',
      approvedCallbackUrls: loopbackRedirects,
      permissionsScopes,
      attributesScopes: [{ name: 'birthday', description: 'Your date of birth', optional: true, values: ['dob'] }],
      skipConsentScreen: true,
    },
    {
      id: demoProject.agent.appId,
      name: 'Demo Agent',
      description: 'An agent that signs in with its own secret',
      clientType: 'confidential',
      secrets: [demoProject.agent.clientSecret],
      approvedCallbackUrls: loopbackRedirects,
      permissionsScopes,
      clientGrants: demoProject.agent.scopes,
      skipConsentScreen: true,
    },
    {
      id: demoProject.partner.appId,
      name: 'Demo Partner',
      description: 'An application of somebody else, which asks for consent',
      logo: partnerLogo,
      clientType: 'public',
      approvedCallbackUrls: loopbackRedirects,
      permissionsScopes: [
        { name: 'contacts.read', description: 'See your contacts', values: ['Contact Reader'] },
        { name: 'contacts.write', description: 'Change your contacts', optional: true, values: ['Contact Editor'] },
        { name: 'files.read_public', description: 'See public files', optional: true },
        { name: 'files.read_private', description: 'See private files', optional: true, values: ['Staff'] },
      ],
      attributesScopes: [{ name: 'birthday', description: 'See your date of birth', optional: true, values: ['dob'] }],
    },
  ],
  accessKeys: [
    {
      id: demoProject.accessKey.id,
      name: 'Nightly import',
      secret: demoProject.accessKey.clientSecret,
      roles: ['Worker'],
      customClaims: { service: 'nightly-import' },
    },
  ],
  approvedDomains: ['localhost', '127.0.0.1', '[::1]'],
}
