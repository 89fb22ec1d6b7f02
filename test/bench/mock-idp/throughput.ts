/** How often a provider does a thing in a second, over loopback, with several clients at once. */
import type { Candidate } from './candidates.ts'
import { clientCredentials, login, refresh, signedInBrowser, type Target } from './flows.ts'
import type { ServerProcess } from './server-process.ts'
import { checkLogin, signedTokens } from './verdicts.ts'

const inFlight = 8
const roundTimeMs = 400

/** One thing that applications do all the time. */
export interface Work {
  readonly name: string
  /** What each provider does for it where they differ. */
  readonly note?: string
  /** Prepares one client; the returned function is what is measured. */
  prepare(target: Target): Promise<() => Promise<unknown>>
}

/** Everything that is measured. */
export const works: readonly Work[] = [
  {
    name: 'code flow with login',
    note: 'oauth2-mock-server has no login page: it answers authorize with a code',
    prepare: async (target) => () => login(target),
  },
  {
    name: 'code flow, signed in',
    note: 'prompt=none; oauth2-mock-server has no sessions and does the same as above',
    async prepare(target) {
      const browser = await signedInBrowser(target)
      return () => login(target, browser, 'none')
    },
  },
  {
    name: 'refresh token grant',
    async prepare(target) {
      let { refresh_token: token } = (await login(target)).answer
      return async () => {
        const answer = await refresh(target, String(token))
        token = answer.refresh_token ?? token
      }
    },
  },
  { name: 'client credentials grant', prepare: async (target) => () => clientCredentials(target) },
]

/** How often in a second a round did the work, and milliseconds of the provider's CPU for each. */
export async function runRound(
  work: Work,
  candidate: Candidate,
  server: ServerProcess,
): Promise<{ readonly rate: number; readonly cpu: number }> {
  const target: Target = { candidate, url: server.url }
  const clients = await Promise.all(Array.from({ length: inFlight }, () => work.prepare(target)))
  const before = await server.cpu()
  const started = performance.now()
  let count = 0
  await Promise.all(
    clients.map(async (once) => {
      while (performance.now() - started < roundTimeMs) {
        await once()
        count += 1
      }
    }),
  )
  const rate = count / ((performance.now() - started) / 1000)
  return { rate, cpu: ((await server.cpu()) - before) / count }
}

/** Signed tokens in the answers to a login, to a refresh and to a machine; throws when something does not verify. */
export async function signaturesOf(target: Target): Promise<readonly number[]> {
  const answer = await checkLogin(target)
  const answers = [answer, await refresh(target, String(answer.refresh_token)), await clientCredentials(target)]
  return answers.map(signedTokens)
}
