/** Everything that holds where Node's own functions check signatures holds over the Web Cryptography API too. */
import { createWebSignatures } from '../../src/api/web-signatures.ts'
import { useInternals } from './api-fixture.ts'

useInternals({ signatures: createWebSignatures() })
await import('./access-token-verifier.test.ts')
await import('./jwks.test.ts')
await import('./tampered-access-tokens.test.ts')
