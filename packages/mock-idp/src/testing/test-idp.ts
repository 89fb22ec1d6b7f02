import type { MockIdpConfig } from '../config/config.ts'
import { createMockIdp, type MockIdp } from '../mock-idp.ts'

/**
 * A mock for one test: like `createMockIdp`, but it signs with fixed public test keys, so that no test waits for a key
 * pair to be generated.
 *
 * @param config - Options of `createMockIdp`; they come before what is set here.
 */
export function createTestIdp(config: MockIdpConfig = {}): MockIdp {
  return createMockIdp({ ...config, compat: { deterministicKeys: true, ...config.compat } })
}
