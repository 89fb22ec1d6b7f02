import { createMockIdp } from '@countersign/mock-idp'
import { mockIdpHandlers } from '@countersign/mock-idp/msw'
import { setupServer } from 'msw/node'

export const idp = createMockIdp({ origin: 'https://login.acme.example' })
export const server = setupServer(...mockIdpHandlers(idp))
server.listen({ onUnhandledFrame: 'error' })
