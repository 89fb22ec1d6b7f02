import { deviceCodeType, type StandardClientConfig, tokenExchangeType } from './client-metadata.ts'
import type { ResourceConfig } from './settings.ts'

/** Constants of the clients that the standard profile has without configuration. */
export interface StandardDemo {
  /** A single-page app: public, PKCE, refresh tokens, any path `/callback` on these origins. */
  readonly spa: { readonly clientId: string; readonly redirectUri: string; readonly silentRedirectUri: string }
  /** A web application with a secret. */
  readonly web: { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string }
  /** A service that authenticates by `private_key_jwt`; the private key is public knowledge. */
  readonly service: { readonly clientId: string; readonly privateJwk: Readonly<Record<string, string>> }
  /** A program on a device without a browser. */
  readonly device: { readonly clientId: string }
  /** Identifiers of the two APIs. */
  readonly resources: { readonly contacts: string; readonly files: string }
}

const publicPart = {
  kty: 'EC',
  crv: 'P-256',
  x: 'v9wlvrf0G9bfqfGiB_TPnyZhbbF9B8DsGyWQ2iM9e6k',
  y: 'QEg6vzKtqyxXiNXJv-sz2ZWuzeOtwUl-bmSK_jLrTJA',
  alg: 'ES256',
  use: 'sig',
  kid: 'mock-service-key',
} as const

/** Clients and resources of every mock with `profile: 'standard'` and without configuration. Public test values. */
export const standardDemo: StandardDemo = {
  spa: {
    clientId: 'mock-spa',
    redirectUri: 'http://localhost:5173/callback',
    silentRedirectUri: 'http://localhost:5173/silent',
  },
  web: {
    clientId: 'mock-web',
    clientSecret: 'mock-web-secret-Kd8Vq3Zt6Nw1',
    redirectUri: 'http://localhost:3000/callback',
  },
  service: {
    clientId: 'mock-service',
    privateJwk: { ...publicPart, d: 'LxtLroNE70zCza5IJ8VZW8YwN4eOSYZgF0I-w5TAQGM' },
  },
  device: { clientId: 'mock-device' },
  resources: { contacts: 'https://contacts.example', files: 'https://files.example' },
}

const { spa, web, service, device, resources } = standardDemo

/** What a field of the configuration is when the caller leaves it out. */
export const standardDemoConfig: {
  readonly clients: readonly StandardClientConfig[]
  readonly resources: readonly ResourceConfig[]
} = {
  clients: [
    {
      client_id: spa.clientId,
      client_name: 'Mock single-page app',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: [spa.redirectUri, spa.silentRedirectUri],
      post_logout_redirect_uris: ['http://localhost:5173/'],
      grant_types: ['authorization_code', 'refresh_token'],
      first_party: true,
    },
    {
      client_id: web.clientId,
      client_secret: web.clientSecret,
      client_name: 'Mock web application',
      redirect_uris: [web.redirectUri],
      post_logout_redirect_uris: ['http://localhost:3000/'],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    {
      client_id: service.clientId,
      client_name: 'Mock service',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicPart] },
      grant_types: ['client_credentials', tokenExchangeType],
      scope: 'contacts.read contacts.write files.read',
    },
    {
      client_id: device.clientId,
      client_name: 'Mock device',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: [deviceCodeType, 'refresh_token'],
    },
  ],
  resources: [
    {
      identifier: resources.contacts,
      scopes: ['contacts.read', 'contacts.write'],
      authorizationDetailsTypes: [{ type: 'contact_list', description: 'Work with one list of contacts' }],
      introspectors: [service.clientId],
    },
    { identifier: resources.files, scopes: ['files.read'], format: 'opaque', introspectors: [service.clientId] },
  ],
}
