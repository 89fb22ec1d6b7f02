import { startMockIdp } from '@countersign/mock-idp/node'

const { idp, url, close } = await startMockIdp({ refreshTokenRotation: true })
const index = await fetch(url) // lists applications, users and endpoints
idp.clock.advance(600) // every access token has expired now
await close()
export const { status } = index
