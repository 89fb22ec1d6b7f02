import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { demoProject } from '@countersign/mock-idp'
import { createTestIdp } from '@countersign/mock-idp/testing'
import { expect, it } from 'vitest'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** A request for a token that is never answered, by a caller that holds nothing of it but the promise. */
async function askInVain(): Promise<string> {
  const idp = createTestIdp()
  idp.faults.always('token-hang')
  const { clientId: client_id, clientSecret: client_secret } = demoProject.agent
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const fetch = (url: string, init: RequestInit) => idp.fetch(new Request(url, init))
  const signal = AbortSignal.timeout(300)
  try {
    await fetch(`${idp.origin}/oauth2/v1/apps/token`, { method: 'POST', headers, body, signal })
    return 'an answer'
  } catch {
    return signal.aborted ? 'aborted' : 'failed'
  }
}

it('a request that waits hears its caller give up, also after the garbage collector has passed', async () => {
  const outcomes = [askInVain(), askInVain(), askInVain()]
  for (let turns = 0; turns < 20; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  expect(await Promise.all(outcomes)).toEqual(['aborted', 'aborted', 'aborted'])
})
