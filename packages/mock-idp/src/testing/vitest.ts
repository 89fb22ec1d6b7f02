/** Fixtures for Vitest. */
import { test as base, type RunnerTaskResult as TaskResult, type TestAPI } from 'vitest'
import type { MockIdpConfig } from '../config/config.ts'
import type { MockIdp } from '../mock-idp.ts'
import type { RunningMockIdp } from '../node.ts'
import { timeline } from '../timeline.ts'
import { type AppDouble, createAppDouble } from './app-double.ts'
import { type SignedIn, type SignInOptions, signIn } from './sign-in.ts'
import { createTestIdp } from './test-idp.ts'

/** What a test gets; each is made when a test names it, for this test alone. */
export interface IdpFixtures {
  /** Options of the mock, to be set with `test.override({ idpConfig })`. Default none. */
  readonly idpConfig: MockIdpConfig
  /** Who signs in for `signedIn`, to be set with `test.override({ signInAs })`. Default the first active user. */
  readonly signInAs: SignInOptions
  /** A mock in this process, with an origin of its own. When the test fails, its timeline is printed. */
  readonly idp: MockIdp
  /** A user who has signed in at `idp`. */
  readonly signedIn: SignedIn
  /** The browser around an app under test, tied to `idp`. */
  readonly app: AppDouble
  /** Another mock, behind a server on a free port of this machine; Node only. Closed after the test. */
  readonly idpServer: RunningMockIdp
}

/**
 * Vitest's `test` with a mock of its own for each test, safe with `test.concurrent`.
 *
 * Extend it further with `test.extend`; fixtures that a test does not name cost nothing.
 */
export const test: TestAPI<IdpFixtures> = base.extend<IdpFixtures>({
  idpConfig: {},
  signInAs: {},
  async idp({ idpConfig, task, onTestFailed }, use) {
    // The id of a test is unique in a run and the same in the next one.
    const origin = `https://test${task.id.replaceAll(/[^a-z0-9]+/gi, '-')}.idp.example`
    const idp = createTestIdp({ origin, ...idpConfig })
    onTestFailed(({ task: { result } }) => addTimeline(result, idp))
    await use(idp)
  },
  async signedIn({ idp, signInAs }, use) {
    await use(await signIn(idp, signInAs))
  },
  async app({ idp }, use) {
    await use(createAppDouble(idp))
  },
  async idpServer({ idpConfig, onTestFailed }, use) {
    const { startMockIdp } = await import('../node.ts')
    const { compat } = idpConfig
    const server = await startMockIdp({ ...idpConfig, compat: { deterministicKeys: true, ...compat } })
    onTestFailed(({ task: { result } }) => addTimeline(result, server.idp))
    await use(server)
    await server.close()
  },
})

/** Adds what the mock was asked to the error of a failed test, where every reporter shows it. */
function addTimeline(result: TaskResult | undefined, idp: MockIdp): void {
  const [error] = result?.errors ?? []
  if (error) error.message += `\n\n${timeline(idp)}\n`
}
