export { type DescopeAgentOptions, type DescopeAgentPreset, descopeAgent } from './agent-preset.ts'
export { type DescopeApiOptions, type DescopeApiPreset, descopeApi } from './api-preset.ts'
export { type DescopeBrowserOptions, type DescopeBrowserPreset, descopeBrowser } from './browser-preset.ts'
export type { DescopeProjectOptions } from './project.ts'
