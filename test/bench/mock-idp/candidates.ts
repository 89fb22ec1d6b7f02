/** The providers, ours in both of its profiles: where their endpoints are, and who signs in at them. */
import { demoProject } from '@countersign/mock-idp'

/** A provider to measure. */
export interface Candidate {
  readonly name: string
  /** True for ours, which are held against each of the others. */
  readonly isOurs: boolean
  /** Script in `servers` that starts it. */
  readonly script: string
  readonly discovery: string
  readonly jwks: string
  readonly authorize: string
  readonly token: string
  /** Token endpoint of machines, where it has one of its own. */
  readonly machineToken?: string
  readonly clientId: string
  /** Scopes of a login. Default `openid`. */
  readonly scope?: string
  /** What the user types into the login page; absent when there is none, so that authorize answers with a code at once. */
  readonly loginForm?: Readonly<Record<string, string>>
  readonly machine: { readonly clientId: string; readonly clientSecret: string }
}

const { projectId, oidc, users, agent } = demoProject

const countersign: Candidate = {
  name: '@countersign/mock-idp',
  isOurs: true,
  script: 'countersign.mjs',
  discovery: `/${projectId}/.well-known/openid-configuration`,
  jwks: `/${projectId}/.well-known/jwks.json`,
  authorize: '/oauth2/v1/authorize',
  token: '/oauth2/v1/token',
  machineToken: '/oauth2/v1/apps/token',
  clientId: oidc.clientId,
  loginForm: { loginId: users.mira.loginId, password: users.mira.password },
  machine: agent,
}

const standardProfile: Candidate = {
  name: 'standard profile',
  isOurs: true,
  script: 'countersign-standard.mjs',
  discovery: '/.well-known/openid-configuration',
  jwks: '/jwks',
  authorize: '/authorize',
  token: '/token',
  clientId: 'app',
  // It gives a refresh token beside an ID token to those alone who ask for one.
  scope: 'openid offline_access',
  loginForm: { loginId: users.mira.loginId, password: users.mira.password },
  machine: { clientId: 'agent', clientSecret: 'agent-secret' },
}

const oidcProvider: Candidate = {
  name: 'oidc-provider',
  isOurs: false,
  script: 'oidc-provider.mjs',
  discovery: '/.well-known/openid-configuration',
  jwks: '/jwks',
  authorize: '/auth',
  token: '/token',
  clientId: 'app',
  loginForm: { login: 'mira', password: 'any' },
  machine: { clientId: 'agent', clientSecret: 'agent-secret' },
}

const oauth2MockServer: Candidate = {
  name: 'oauth2-mock-server',
  isOurs: false,
  script: 'oauth2-mock-server.mjs',
  discovery: '/.well-known/openid-configuration',
  jwks: '/jwks',
  authorize: '/authorize',
  token: '/token',
  clientId: 'app',
  machine: { clientId: 'agent', clientSecret: 'agent-secret' },
}

/** Ours first. */
export const candidates: readonly Candidate[] = [countersign, standardProfile, oidcProvider, oauth2MockServer]
