/** Runs the bundled tests when it is asked to, since a worker may do nothing before its first request. */
import { runTests } from './vitest-stand-in.ts'

export default {
  async fetch(): Promise<Response> {
    await import('./the-suite.ts')
    return Response.json(await runTests())
  },
}
