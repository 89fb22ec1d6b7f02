import type { ClientApp } from '../clients.ts'
import type { Project } from '../project.ts'

/** The values of `aud` of an application's user tokens, before resources are added (IDP-SPEC 3.3). */
export function audienceOf(project: Project, app: ClientApp, resources: readonly string[]): readonly string[] {
  const own = app.defaultAudience === 'projectId' ? [project.id] : [app.clientId]
  const both = app.defaultAudience === '' ? [project.id, app.clientId] : own
  return [...new Set([...both, ...resources])]
}

/** How `aud` is written, by the switch `audFormat`. */
export function writeAudience(project: Project, audience: readonly string[]): readonly string[] | string {
  const [first, second] = audience
  return project.compat.audFormat === 'string' && first !== undefined && second === undefined ? first : audience
}
