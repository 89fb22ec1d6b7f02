/** Calls of the management API. */
import { demoProject, type MockIdp } from '@countersign/mock-idp'
import { type Answer, answerOf } from './relying-party.ts'

const bearer = `Bearer ${demoProject.projectId}:${demoProject.managementKey}`

/** POST with a JSON body. */
export async function manage(
  idp: MockIdp,
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return answerOf(
    await idp.fetch(
      new Request(new URL(path, idp.origin), {
        method: 'POST',
        headers: { authorization: bearer, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    ),
  )
}

/** GET with a query. */
export async function load(idp: MockIdp, path: string, query: Record<string, string> = {}): Promise<Answer> {
  const url = new URL(path, idp.origin)
  url.search = new URLSearchParams(query).toString()
  return answerOf(await idp.fetch(new Request(url, { headers: { authorization: bearer } })))
}
