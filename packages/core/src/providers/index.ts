export {
  type Auth0ApiOptions,
  type Auth0BrowserOptions,
  auth0Api,
  auth0Browser,
} from './auth0.ts'
export { type EntraApiOptions, type EntraBrowserOptions, entraApi, entraBrowser } from './entra.ts'
export { type GoogleApiOptions, googleApi } from './google.ts'
export {
  type KeycloakApiOptions,
  type KeycloakBrowserOptions,
  type KeycloakRealmOptions,
  keycloakApi,
  keycloakBrowser,
} from './keycloak.ts'
export {
  type OktaApiOptions,
  type OktaBrowserOptions,
  type OktaServerOptions,
  oktaApi,
  oktaBrowser,
} from './okta.ts'
export type { ProviderApiPreset, ProviderBrowserOptions, ProviderBrowserPreset } from './provider-options.ts'
