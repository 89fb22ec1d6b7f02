export { type DescopeAgentOptions, type DescopeAgentPreset, descopeAgent } from './agent-preset.ts'
export { type DescopeApiOptions, type DescopeApiPreset, descopeApi } from './api-preset.ts'
export {
  type DescopeBrowserOptions,
  type DescopeBrowserPreset,
  descopeBrowser,
  descopeScopes,
} from './browser-preset.ts'
export type {
  DynamicAuthValues,
  DynamicClaimValues,
  DynamicDeviceValues,
  DynamicFormValues,
  DynamicKey,
  DynamicRiskValues,
  DynamicTenant,
  DynamicUserAgentValues,
  DynamicUserValues,
  DynamicValue,
  DynamicValues,
  DynamicValuesUnder,
  OpenDynamicKey,
} from './dynamic-keys.ts'
export type { DescopeProjectOptions } from './project.ts'
