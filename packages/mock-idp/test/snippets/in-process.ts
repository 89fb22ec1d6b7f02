import { createMockIdp, demoProject } from '@countersign/mock-idp'

const idp = createMockIdp({ deterministic: {} })
const response = await idp.fetch(new Request(`${idp.issuer}/.well-known/openid-configuration`))
export const { issuer } = await response.json()
export const { cookie } = await idp.sessions.create(demoProject.users.mira.loginId)
