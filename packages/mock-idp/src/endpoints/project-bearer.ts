/** How servers name a credential to the service (IDP-SPEC 2.11, 2.14): the project id, a colon, and the credential. */
import type { Exchange } from '../http/exchange.ts'

/** The credential of `Authorization: Bearer <project id>:<credential>`; `undefined` for another project or form. */
export function projectBearer({ request, runtime }: Exchange): string | undefined {
  const [, project, credential] = /^bearer +([^:\s]+):(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return project === runtime.project.id ? credential : undefined
}
