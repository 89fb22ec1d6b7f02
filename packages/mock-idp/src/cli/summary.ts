/** What the command line prints once the mock runs. */
import { controlPrefix } from '../control/control.ts'
import type { MockIdp } from '../mock-idp.ts'
import type { RunningMockIdp } from '../node.ts'

interface AppSummary {
  readonly name: string
  readonly kind: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly issuer: string
  readonly discoveryUrl: string
}

interface UserSummary {
  readonly loginId: string
  readonly password?: string
  readonly name?: string
  readonly status: string
}

/** The addresses, applications and users of a mock. Secrets and passwords are test values, and meant to be read. */
export interface Summary {
  readonly url: string
  readonly issuer: string
  readonly discoveryUrl: string
  readonly console: string
  readonly control: string
  readonly apps: readonly AppSummary[]
  readonly users: readonly UserSummary[]
  readonly pid: number
}

/** Collects what a developer needs to sign in. */
export function summarize({ idp, url, consoleUrl }: RunningMockIdp): Summary {
  const discovery = (issuer: string): string => `${issuer}/.well-known/openid-configuration`
  const apps = [...idp.oidcApps.list(), ...idp.inboundApps.list()].map((app): AppSummary => {
    const [secret] = app.secrets
    const clientSecret = typeof secret === 'string' ? secret : secret?.cleartext
    return {
      name: app.name,
      kind: `${app.kind === 'inbound' ? 'inbound app' : 'OIDC app'}, ${app.clientType}`,
      clientId: app.clientId,
      ...(app.clientType === 'confidential' && clientSecret !== undefined && { clientSecret }),
      issuer: app.issuer,
      discoveryUrl: discovery(app.issuer),
    }
  })
  const defaultApp: AppSummary = {
    name: 'default',
    kind: 'OIDC app, public',
    clientId: idp.projectId,
    issuer: idp.issuer,
    discoveryUrl: discovery(idp.issuer),
  }
  return {
    url,
    issuer: idp.issuer,
    discoveryUrl: discovery(idp.issuer),
    console: consoleUrl,
    control: url + controlPrefix,
    apps: idp.issuer === idp.origin ? clientsOf(idp, discovery(idp.issuer)) : [defaultApp, ...apps],
    users: idp.users.list().map(({ id, loginIds, password, name, status }) => ({
      loginId: loginIds[0] ?? id,
      ...(password !== undefined && { password }),
      ...(name !== undefined && { name }),
      status,
    })),
    pid: process.pid,
  }
}

function clientsOf({ clients, issuer }: MockIdp, discoveryUrl: string): readonly AppSummary[] {
  return clients.list().map(({ client_id: clientId, client_name: name, client_secret: clientSecret, ...client }) => ({
    name,
    kind: client.token_endpoint_auth_method,
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    issuer,
    discoveryUrl,
  }))
}

/** The summary as text for people. */
export function summaryText({ url, console, control, apps, users }: Summary, version: string): string {
  const width = Math.max(...users.map(({ loginId }) => loginId.length), 0)
  const secretWidth = Math.max(...users.map(({ password = '(none)' }) => password.length), 0)
  return [
    `Countersign mock IdP ${version}`,
    '',
    row('Start page', `${url}/`),
    row('Console', console),
    row('Control', control),
    ...apps.flatMap(({ name, kind, clientId, clientSecret, issuer, discoveryUrl }) => [
      '',
      `  ${name} (${kind})`,
      row('  Client id', clientId),
      ...(clientSecret === undefined ? [] : [row('  Secret', clientSecret)]),
      row('  Issuer', issuer),
      row('  Discovery', discoveryUrl),
    ]),
    '',
    '  Users',
    ...users.map(({ loginId, password = '(none)', name = '', status }) =>
      `    ${loginId.padEnd(width)}  ${password.padEnd(secretWidth)}  ${name}${status === 'active' ? '' : ` (${status})`}`.trimEnd(),
    ),
    '',
    'A mock for development and tests: it answers this machine alone. Stop it with Ctrl+C.',
  ].join('\n')
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(12)}  ${value}`
}
