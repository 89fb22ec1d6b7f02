import { createMockIdp } from '@countersign/mock-idp'

export const idp = createMockIdp()
idp.faults.next('id-token-nonce-wrong') // the next ID token only
idp.faults.always('token-status-429', { retryAfterSeconds: 5 }) // until clear()
idp.faults.clear()
export const reasons = idp.log.entries.map(({ path, status, reason }) => `${path} ${status} ${reason}`)
