import { demoProject } from '@countersign/mock-idp'
import { startMockIdp } from '@countersign/mock-idp/node'
import { startApi } from './server.ts'
import { walkLessons } from './walk-lessons.ts'

/** Starts a mock identity provider and the API, walks through the four lessons, and stops both. */
export async function showLessons(say: (line: string) => void): Promise<void> {
  const { idp, url, ...provider } = await startMockIdp()
  const api = await startApi({ projectId: demoProject.projectId, baseUrl: url, origins: [], port: 0 })
  let shown = ''
  for await (const { lesson, call, status, outcome } of walkLessons(idp, api.url)) {
    if (lesson !== shown) say(`\n${lesson}`)
    shown = lesson
    say(`  ${call}\n    ${status} ${outcome.replaceAll('\n', '\n        ')}`)
  }
  await Promise.all([api.close(), provider.close()])
}
